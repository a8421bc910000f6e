"""What the errors of TensorFlow look like, and what to say of them."""

from checks.messages.patterns import Patterns

PATTERNS: Patterns = (
    (
        r"[Ii]nvalid images rank|'images' must have either 3 or 4 dimensions",
        (
            "Images have too few or too many axes",
            "A function for images takes four axes: `(images, height, width, channels)`{where}.",
            "Print the shape. Is the channel axis missing, or is there an axis too many?",
        ),
    ),
    (
        r"'size' must be a 1-D Tensor of 2 elements|Expected `size` to be a tuple of 2 integers"
        r"|'int' has no len\(\)(?s:.*)\n.*\bresize\(",
        (
            "The size to resize to is not a pair of height and width",
            "The resizing takes two numbers, and received another number of them{where}.",
            "Write `(size, size)`.",
        ),
    ),
    (
        r"Last dimension of a grayscale image should be size 1",
        (
            "`tf.image.grayscale_to_rgb` gets images without a channel axis",
            "It repeats a last axis of length 1, and there is none{where}.",
            "Add the axis first: `images[..., np.newaxis]`.",
        ),
    ),
    (
        r"Incompatible shapes: (\[.*?\]) vs\. (\[.*?\])",
        (
            "Tensors of the shapes {0} and {1} cannot be combined",
            "TensorFlow cannot combine them{where}: counted from the last axis, two lengths have "
            "to be equal, or one of them 1.",
            "Print both shapes. Is an axis missing, or an average taken along the wrong one?",
        ),
    ),
    (
        r"cannot compute (\w+) as input #\d+\S* was expected to be an? (\w+) tensor but is an? "
        r"(\w+) tensor",
        (
            "Tensors of the types {1} and {2} are combined",
            "TensorFlow converts neither of them by itself{where}.",
            'Convert one of them to the type of the other: `tf.cast(x, "float32")`.',
        ),
    ),
    (
        r"Value for attr 'T' of bool is not in the list of allowed values",
        (
            "A TensorFlow function gets booleans where it needs numbers",
            "TensorFlow does not take true for 1 and false for 0 by itself{where}.",
            'Convert them first: `tf.cast(mask, "float32")`.',
        ),
    ),
    (
        r"dimensions in the range \[-\d+, (\d+)\), but got (-?\d+)",
        (
            "There is no axis {1} in a tensor of {0} axes",
            "Axes are counted from 0, and the tensor has {0} of them{where}.",
            "Print the shape. The last axis is −1, however many there are.",
        ),
    ),
    (
        r"multiples argument to be a vector of length (\d+) but got length (\d+)",
        (
            "`tf.tile` gets {1} numbers for a tensor of {0} axes",
            "It takes one number for each axis{where}.",
            "Print the shape. Is an axis missing?",
        ),
    ),
    (
        r"Input to reshape is a tensor with (\d+) values, but the requested shape has (\d+)",
        (
            "A tensor of {0} numbers cannot be reshaped to a shape of {1}",
            "A reshape keeps all numbers, and that shape does not hold as many{where}.",
            "Print the shape before. Is a length written out that should be read from the "
            "tensor's own shape?",
        ),
    ),
    (
        r"tf\.gradients is not supported when eager execution is enabled",
        (
            "`tf.gradients` works only in TensorFlow 1",
            "TensorFlow 2 records what it computes with a tape{where}.",
            "Compute the loss inside `with tf.GradientTape() as tape:`, then take "
            "`tape.gradient(loss, kernels)`.",
        ),
    ),
    (
        r"non-persistent GradientTape can only be used to compute one set of gradients",
        (
            "A tape is asked for gradients twice",
            "A tape forgets what it has recorded once it has given gradients{where}.",
            "Ask once, for all kernels together: `tape.gradient(loss, [kernel, …])`. Or make the "
            "tape with `tf.GradientTape(persistent=True)`.",
        ),
    ),
    (
        r"Only integers, slices .*tf\.newaxis.* are valid indices",
        (
            "A tensor is indexed as NumPy arrays are",
            "A TensorFlow tensor takes only integers and slices between the brackets{where}.",
            "Use `tf.gather`, with `batch_dims=1` for one entry of each row, or `tf.boolean_mask`.",
        ),
    ),
)
