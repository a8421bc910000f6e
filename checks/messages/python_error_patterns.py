"""What the errors of Python itself look like, and what to say of them."""

from checks.messages.patterns import Patterns

_PRINT_BOTH = "Print both sides. Is one of them a tuple or a function where you wanted a number?"

PATTERNS: Patterns = (
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
        r"can't multiply sequence by non-int of type 'float'",
        (
            "A list, a tuple or a string is multiplied by a float",
            "A sequence can be repeated a whole number of times only{where}.",
            "`/` always gives a float. Divide with `//` where the result counts things.",
        ),
    ),
    (
        r"(\w+) indices must be integers(?: or slices)?, not float",
        (
            "{0:a} is indexed with a float",
            "The entries of {0:a} are counted by integers{where}.",
            "`/` always gives a float. Divide with `//` where the result counts things.",
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
        r"invalid literal for int\(\)|could not convert string to float",
        (
            "A string is converted to a number, but is not one",
            "The string does not contain a number{where}.",
            "Print the value: is it what you think it is?",
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
