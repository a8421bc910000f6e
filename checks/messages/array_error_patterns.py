"""What the errors of NumPy look like, and what to say of them."""

from checks.messages.patterns import Patterns

PATTERNS: Patterns = (
    (
        r"boolean negative, the `-` operator",
        (
            "A mask is inverted with a minus sign",
            "NumPy takes no minus sign for true and false{where}.",
            "Write `~mask` for the other entries.",
        ),
    ),
    (
        r"boolean subtract, the `-` operator",
        (
            "Booleans are subtracted",
            "NumPy does not subtract true and false{where}.",
            "Write `~mask` for the other entries. To count, convert first: `mask.astype(int)`.",
        ),
    ),
    (
        r"operands could not be broadcast together with shapes (\(.*?\)) (\(.*?\))",
        (
            "Arrays of the shapes {0} and {1} cannot be combined",
            "NumPy cannot combine them{where}: counted from the last axis, two lengths have to be "
            "equal, or one of them 1.",
            "Print both shapes. Is an axis missing, or an average taken along the wrong one?",
        ),
    ),
    (
        r"axis (-?\d+) is out of bounds for array of dimension (\d+)",
        (
            "There is no axis {0} in an array of the rank {1}",
            "Axes are counted from 0, and the array has {1} of them{where}.",
            "Print the shape: is it the array that you meant?",
        ),
    ),
    (
        r"Invalid axis values\. Received: axis=\((\d+(?:, \d+){2,})\)",
        (
            "A norm with `ord` is taken over more than two axes at once: {0}",
            "With `ord`, it is a norm of vectors (one axis) or of matrices (two){where}.",
            "The norm of all numbers together needs no `ord`; or flatten the array first.",
        ),
    ),
    (
        r"[Ii]nvalid (?:axis|axes)",
        (
            "A function gets an array with fewer axes than it is told to use",
            "The array does not have that axis{where}.",
            "Print the shape, and count the axes from 0.",
        ),
    ),
    (
        r"`indices` and `arr` must have the same number of dimensions",
        (
            "`np.take_along_axis` gets indices with fewer axes than the array",
            "The indices need as many axes as the array{where}.",
            "Add an axis: `indices[:, np.newaxis]`. The largest number of each row is also "
            "`np.max(…, axis=1)`.",
        ),
    ),
    (
        r"index (-?\d+) is out of bounds for axis (\d+) with size (\d+)",
        (
            "The index {0} is beyond the end of an array",
            "Axis {1} has the length {2}, and the index is {0}{where}.",
            "Print the shape, and count from 0: the last index is the length − 1.",
        ),
    ),
    (
        r"truth value of an array with more than one element is ambiguous",
        (
            "A whole array is used as if it were one true or false",
            "An array of several values is neither true nor false as a whole{where}.",
            "For every entry, write `~mask` instead of `not mask`, `&` instead of `and`, `|` "
            "instead of `or`. For one answer, ask for `.any()` or `.all()`.",
        ),
    ),
    (
        r"cannot reshape array of size (\d+) into shape (\(.*?\))",
        (
            "An array of {0} numbers cannot be reshaped to {1}",
            "There are {0} numbers, and the shape {1} does not hold that many{where}.",
            "Print the shape before. Is a length written out that should be read from the "
            "array's own shape?",
        ),
    ),
    (
        r"boolean index did not match indexed array along axis (\d+); "
        r"size of axis is (\d+) but size of corresponding boolean axis is (\d+)",
        (
            "A mask has another length than the array it selects from",
            "The array has {1} entries along axis {0}, and the mask has {2}{where}.",
            "Print both shapes. A mask has one entry for each image.",
        ),
    ),
    (
        r"only (?:length-1|0-dimensional) arrays can be converted to Python scalars"
        r"|only size-1 arrays can be converted|can only convert an array of size 1",
        (
            "An array of several numbers is used as if it were one number",
            "A single number is needed, and there is an array{where}.",
            "Print the shape. Is a mean, a sum or an index missing, or is it taken along one axis "
            "only?",
        ),
    ),
    (
        r"Cannot cast ufunc '(\w+)' output from dtype\('(\w+)'\) to dtype\('(\w+)'\)",
        (
            "Numbers of type {1} cannot be stored in an array of type {2}",
            "`-=` and its like store the result in the array as it is, and an array of type {2} "
            "cannot hold it{where}.",
            'Convert first: `x = x.astype("float32")`. Or make a new array: `x = x - …`.',
        ),
    ),
    (
        r"arrays used as indices must be of integer|only integers, slices",
        (
            "An index is not an integer",
            "The entries of an array are counted by integers{where}.",
            "Print the index. `argmax` gives the position of the largest number, `max` the number "
            "itself.",
        ),
    ),
    (
        r"only integer scalar arrays can be converted to a scalar index",
        (
            "A list or a tuple is indexed with an array",
            "A list and a tuple take a single integer between the brackets{where}.",
            "Print what is before the brackets. Should it be an array, or one entry of a tuple?",
        ),
    ),
    (
        r"could not broadcast input array from shape (\(.*?\)) into shape (\(.*?\))",
        (
            "An array of the shape {0} does not fit into one of the shape {1}",
            "What is stored has another shape than the part that it is stored in{where}.",
            "Print both shapes. Is an axis missing?",
        ),
    ),
    (
        r"all the input array dimensions except for the concatenation axis must match"
        r"|all input arrays must have the same shape",
        (
            "Arrays of different shapes are joined",
            "Arrays can be joined only where all other axes have the same lengths{where}.",
            "Print the shapes of all arrays that are joined.",
        ),
    ),
    (
        r"inhomogeneous shape",
        (
            "An array is made of rows of different lengths",
            "All rows of an array have the same length{where}.",
            "Print the lengths of the rows.",
        ),
    ),
    (
        r"matmul: .* \(size (\d+) is different from (\d+)\)",
        (
            "Two arrays cannot be multiplied as matrices: {1} columns meet {0} rows",
            "In `a @ b`, `a` has as many columns as `b` has rows{where}.",
            "Print both shapes. Did you mean `*`, which multiplies number by number?",
        ),
    ),
    (
        r"requires at least one data point|of empty sequence|arg is an empty sequence"
        r"|zero-size array to reduction operation",
        (
            "The mean or maximum of an empty array is taken",
            "The array is empty{where}.",
            "Print the length of what goes in. What should the result be where there is nothing?",
        ),
    ),
)
