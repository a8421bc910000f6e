"""What the errors of Python and NumPy look like, and what to say of them."""

from checks.messages.keras_error_patterns import PATTERNS as _OF_KERAS
from checks.messages.keras_error_patterns import Patterns

_PRINT_BOTH = "Print both sides. Is one of them a tuple or a function where you wanted a number?"

PATTERNS: Patterns = (
    *_OF_KERAS,
    (
        r"cannot access local variable '(\w+)'",
        (
            "The variable `{0}` is used before it has a value",
            "`{0}` has no value yet{where}.",
            "Follow your function from the top: which line should have set it?",
        ),
    ),
    (
        r"(\w+)\.__init__\(\) got an unexpected keyword argument '(\w+)'",
        (
            "`{1}` is not an argument of {0}",
            "{0} has no argument called `{1}`{where}.",
            "Check the spelling in the documentation of {0}.",
        ),
    ),
    (
        r"(\w+|<lambda>)\(\) got an unexpected keyword argument '(\w+)'",
        (
            "`{1}` is not an argument of `{0}`",
            "`{0}` has no argument called `{1}`{where}.",
            "Compare the call with the first line of `{0}`, or with its documentation.",
        ),
    ),
    (
        r"^got an unexpected keyword argument '(\w+)'",
        (
            "A call has an argument that does not exist: `{0}`",
            "What is called has no argument of that name{where}.",
            "Compare the call with the documentation of what it calls.",
        ),
    ),
    (
        r"(\w+)\.__init__\(\) missing \d+ required positional arguments?: (.+)",
        (
            "{0} is made without its argument {1}",
            "The argument {1} of {0} has no default{where}.",
            "Look up {0} in the documentation: which of its arguments have no default?",
        ),
    ),
    (
        r"(\w+|<lambda>)\(\) missing \d+ required (?:positional|keyword-only) arguments?: (.+)",
        (
            "`{0}` is called without its argument {1}",
            "The argument {1} of `{0}` has no default{where}.",
            "Compare the call with the first line of `{0}`.",
        ),
    ),
    (
        r"([\w.]+)\(\) takes (?:from \d+ to )?(\d+) positional arguments? but (\d+) (?:was|were) "
        r"given",
        (
            "`{0}` is called with too many arguments: it takes {1}, not {2}",
            "`{0}` takes {1} arguments, and the call has {2}{where}.",
            "Compare the call with the first line of `{0}`. Several tensors go in one list, as in "
            "`layers.Add()([X, Y])`, and most settings are given by name.",
        ),
    ),
    (
        r"[Tt]oo many positional arguments",
        (
            "A call has too many arguments",
            "What is called takes fewer arguments{where}.",
            "Look at what is called: several tensors go in one list, as in `layers.Add()([X, Y])`, "
            "and most settings are given by name.",
        ),
    ),
    (
        r"'(\w+)' object is not iterable",
        (
            "{0:a} is used as if it were a list",
            "{0:a} has no entries to go through{where}.",
            "Print the value: it is a single thing, and the line treats it as a list or a tuple.",
        ),
    ),
    (
        r"cannot unpack non-iterable (\w+).*\n(?:\w+ = |return )([\w.]+)\(",
        (
            "An argument of `{1}` is of the wrong kind",
            "`{1}` unpacks what it is given, and {0:a} cannot be unpacked{where}.",
            "Compare the order of the arguments with the first line of `{1}`.",
        ),
    ),
    (
        r"cannot unpack non-iterable (\w+)",
        (
            "{0:a} is unpacked as if it were a list",
            "{0:a} cannot be unpacked{where}.",
            "Print the value: it is a single thing, and the line gives it several names.",
        ),
    ),
    (
        r"(too many|not enough) values to unpack \(expected (?:at least )?(\d+)",
        (
            "{0} values are unpacked into {1} names",
            "There are {0} values on the right for the {1} names on the left{where}.",
            "Print what is on the right, and count.",
        ),
    ),
    (
        r"'(\w+)' object is not subscriptable",
        (
            "{0:a} is indexed as if it were a list",
            "{0:a} has no entries to take with `[…]`{where}.",
            "Print the value: is it what you think it is?",
        ),
    ),
    (
        r"'(\w+)' object is not callable",
        (
            "Something that is not a function is called: {0:a}",
            "{0:a} cannot be called{where}.",
            "Is there a pair of brackets too many, or does a variable of yours have the name of a "
            "function?",
        ),
    ),
    (
        r"'(float|numpy\.float\d+)' object cannot be interpreted as an integer",
        (
            "An integer is needed, not a float",
            "Python needs an integer{where}, and received a float.",
            "`/` always gives a float. Divide with `//` where the result counts things.",
        ),
    ),
    (
        r"unsupported operand type\(s\) for (.+?): '(.+?)' and '(.+?)'",
        (
            "`{0}` does not work between {1:a} and {2:a}",
            "`{0}` does not work between {1:a} and {2:a}{where}.",
            _PRINT_BOTH,
        ),
    ),
    (
        r"bad operand type for unary (.): '(\w+)'",
        (
            "`{0}` does not work on {1:a}",
            "`{0}` does not work on {1:a}{where}.",
            "Print the value. Should it be an array?",
        ),
    ),
    (
        r"'(.+?)' not supported between instances of '(.+?)' and '(.+?)'",
        (
            "{1:a} and {2:a} are compared with `{0}`",
            "`{0}` does not work between {1:a} and {2:a}{where}.",
            "Print both sides. Is a tuple passed where a single number is expected?",
        ),
    ),
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
        r"^list index out of range.*\n.*weights(?:\(\))?\[",
        (
            "A layer without weights is asked for one of them",
            "The list of its weights is empty{where}.",
            "Not every layer has weights: an input, a ReLU and a pooling have none. Go through "
            "`model.weights` itself, which has the weights of all layers.",
        ),
    ),
    (
        r"^(\w+) index out of range",
        (
            "An index is beyond the end of {0:a}",
            "The {0} has fewer entries than that{where}.",
            "Print the {0} and its `len`, and count from 0: the last entry has the index len − 1. "
            "Does it have as many entries as you think?",
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
        r"(?:division|modulo) (?:or modulo )?by zero",
        (
            "A number is divided by zero",
            "Python cannot divide by 0{where}.",
            "Print the number that you divide by. Is it the length of something empty?",
        ),
    ),
    (
        r"'(?:[\w.]+\.)?(\w+)' object does not support item assignment",
        (
            "An entry of {0:a} is set, which cannot be changed",
            "The entries of {0:a} cannot be changed{where}.",
            "Make an array or a list of it first, which can be changed, or build a new one.",
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
        r"object has no attribute '(\w+)'(?s:.*)\n.*\b(layers|keras|ops|np|tf)\.\1\b",
        (
            "A variable called `{1}` hides the module of that name",
            "`{1}` is no longer the module{where}, and what it is now has no `{0}`.",
            "Give the variable another name: where is `{1}` set, as in `for {1} in …`?",
        ),
    ),
    (
        r"'?(?:[\w.]+\.)?(\w+)'? object has no attribute '(kernel|bias)'",
        (
            "{0:a} has no {1}",
            "Not every layer has a {1}, and {0:a} has none{where}.",
            "Choose the layers first, for example those for which "
            "`isinstance(layer, layers.Conv2D)` is true.",
        ),
    ),
    (
        r"'?(?:[\w.]+\.)?(\w+)'? object has no attribute '(\w+)'",
        (
            "{0:a} has no attribute `{1}`",
            "{0:a} has nothing called `{1}`{where}.",
            "Check the spelling. Is the value what you think it is? Print its type.",
        ),
    ),
    (
        r"unhashable type: '(\w+)'.*\n.*\bset\(",
        (
            "A set cannot hold {0:a}",
            "The members of a set are found by their hashes, and {0:a} has none{where}.",
            "Leave out `set(…)`: a list holds them as they are.",
        ),
    ),
    (
        r"unhashable type: '(\w+)'",
        (
            "{0:a} is used as a key or as a member of a set",
            "Keys and members of sets are found by their hashes, and {0:a} has none{where}.",
            "Use a name, a number or a tuple as the key, or keep the values in a list.",
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
        r"object of type '(\w+)' has no len\(\)",
        (
            "{0:a} is used as if it had a length",
            "Something with several entries is needed, and there is {0:a}{where}.",
            "Print the value. Should it be a pair, such as `(size, size)`?",
        ),
    ),
    (
        r"can only concatenate (\w+) \(not \"(\w+)\"\) to \w+",
        (
            "`+` does not work between {0:a} and {1:a}",
            "`+` does not work between {0:a} and {1:a}{where}.",
            _PRINT_BOTH,
        ),
    ),
    (
        r"can't multiply sequence by non-int of type '(\w+)'",
        (
            "A list, a tuple or a string is multiplied by {0:a}",
            "A sequence can be repeated a whole number of times only{where}.",
            "Print both sides. Should the first be an array, `np.array(…)`, or a number?",
        ),
    ),
    (
        r"(\w+) indices must be integers(?: or slices)?, not (\w+)",
        (
            "{0:a} is indexed with {1:a}",
            "The entries of {0:a} are counted by integers{where}.",
            "Print the index. To select with a mask or with several indices, make an array of it: "
            "`np.array(…)`.",
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
        r"Only integers, slices .*tf\.newaxis.* are valid indices",
        (
            "A tensor is indexed as NumPy arrays are",
            "A TensorFlow tensor takes only integers and slices between the brackets{where}.",
            "Use `tf.gather`, with `batch_dims=1` for one entry of each row, or `tf.boolean_mask`.",
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
        r"invalid literal for int\(\)|could not convert string to float",
        (
            "A string is converted to a number, and is none",
            "The string does not spell a number{where}.",
            "Print the value: is it what you think it is?",
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
    (
        r"No module named '([\w.]+)'",
        (
            "There is no module called {0}",
            "Python cannot import `{0}`{where}.",
            "The exercise needs only what the lesson imports. Is the name spelled correctly?",
        ),
    ),
    (
        r"maximum recursion depth exceeded",
        (
            "The function calls itself without end",
            "Every call makes another one{where}.",
            "Which condition should end it? Or did you mean to call another function?",
        ),
    ),
)
