"""`python -m resnet_course` is the same as `resnet-course`."""

import sys

from resnet_course.cli import main

if __name__ == "__main__":
    sys.exit(main())
