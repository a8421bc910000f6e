"""What runs inside the sandbox. It imports nothing of the course, and knows no answer."""
