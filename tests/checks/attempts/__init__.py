"""What learners hand in: wrong answers with their true cause, and right ones in other words."""
