"""What Python's and Keras's errors look like, and what to say of them."""

#: What an error looks like: Python's message, then the learner's own line. And what to say of it.
PATTERNS: tuple[tuple[str, tuple[str, str, str]], ...] = (
    (
        r"NoneType|value \(None\)|None values not supported|Received:? (?:\w+=)?None\b"
        r"|input_shape=\[(?:\([^)]*\), )*None\b",
        (
            "`None` stands where a value is needed",
            "`None` means that there is nothing yet, and Python cannot go on with it{where}.",
            "Is there a line `… = None` that is still to be filled in, or a function that ends "
            "without `return`?",
        ),
    ),
    (
        r"(?s)incompatible shapes.*?(\(.*?\)).*?(\(.*?\))",
        (
            "The shapes of the two paths do not fit",
            "Tensors of the shapes {0} and {1} cannot be added{where}.",
            "Print the shape of both before the addition. Which layer changes height, width or "
            "channels where it should not, or leaves them where it should change them?",
        ),
    ),
    (
        r"(?s)Cannot broadcast shape.*?\[None, (.*?)\].*?\[None, (.*?)\]",
        (
            "The shapes of the two paths do not fit",
            "Tensors of the shapes ({0}) and ({1}) cannot be added{where}.",
            "Print the shape of both before the addition. Which layer changes height, width or "
            "channels where it should not, or leaves them where it should change them?",
        ),
    ),
    (
        r"(?s)axis -1 of input shape to have value (\d+).*received input with shape (\(.*?\))",
        (
            "A layer is called with another number of channels than before",
            "The layer has a kernel for {0} channels, and the shape {1} is not that{where}.",
            "Is one layer called twice? A layer keeps the kernel of its first call: make a new "
            "layer for every call, inside the loop.",
        ),
    ),
    (
        r"The name \"(.+?)\" is used (\d+) times",
        (
            "Layer names collide",
            'The name "{0}" is given to {1} layers of one network.',
            "Build the name of each layer from `stage` and `block`, so that every block has "
            "names of its own.",
        ),
    ),
    (
        r"All layer names should be unique|layer names should be unique",
        (
            "Layer names collide",
            "Two layers of one network have the same name.",
            "Build the name of each layer from `stage` and `block`, so that every block has "
            "names of its own.",
        ),
    ),
    (
        r"cannot contain character `/`\. Received: name=(.+?) \(of type <class 'str'>\)",
        (
            "The name of a layer contains a slash: {0}",
            "Keras takes no slash in the name of a layer{where}.",
            "Put an underscore in the place of the slash.",
        ),
    ),
    (
        r"All `(\w+)s` values must be KerasTensors\..*?invalid value <(\w+) name",
        (
            "The {0} of the model is a layer, {1}, that was made and never called",
            "A model is made of tensors: what goes in and what comes out{where}.",
            "`layers.{1}(…)` makes a layer. Call it on a tensor: `layers.{1}(…)(X)`.",
        ),
    ),
    (
        r"is not connected to `inputs`",
        (
            "The outputs of the model do not come from its inputs",
            "No way leads from the inputs of the model to its outputs{where}.",
            "Does the first layer read the tensor that you give to `keras.Model` as its inputs? "
            "Make one `keras.Input` and keep it under a name of its own.",
        ),
    ),
    (
        r"Attempt to convert a value \(<(\w+) name=",
        (
            "A function is called on a layer, {0}, that was made and never called",
            "The function takes a tensor, and received a layer{where}.",
            "`layers.{0}(…)` makes a layer. Call it on a tensor: `layers.{0}(…)(X)`.",
        ),
    ),
    (
        r"cannot access local variable '(\w+)'",
        (
            "A variable is used before it has a value",
            "`{0}` has no value yet{where}.",
            "Follow your function from the top: which line should have set it?",
        ),
    ),
    (
        r"(?:got an unexpected keyword argument|Unrecognized keyword arguments? passed to"
        r"|Argument\(s\) not recognized).*?'(\w+)'",
        (
            "An argument has a name that is not known",
            "`{0}` is not an argument of what is called{where}.",
            "Look the argument up in the documentation of the layer; check the spelling.",
        ),
    ),
    (
        r"(\w+)\.__init__\(\) missing \d+ required positional arguments?: (.+)",
        (
            "{0} is made without {1}",
            "A {0} cannot be made without the argument {1}{where}.",
            "Look {0} up in the documentation: which of its arguments have no default? A pooling "
            "over whole images, such as `GlobalAveragePooling2D`, needs no size.",
        ),
    ),
    (
        r"missing (\d+) required positional arguments?: (.+)",
        (
            "An argument is missing",
            "A call lacks {0} of its arguments{where}: {1}.",
            "Compare the call with the definition of what it calls.",
        ),
    ),
    (
        r"A KerasTensor cannot be used as input to a TensorFlow function",
        (
            "A TensorFlow function is applied to a Keras tensor",
            "A function of TensorFlow cannot be part of a Keras network{where}.",
            "Use the layer or the `keras.ops` function of the same name instead.",
        ),
    ),
    (
        r"(?:Merge|Add|Concatenate)\.__(?:init|call)__\(\) takes"
        r"|(?s:[Tt]oo many positional arguments.*\n.*\b(?:Add|Concatenate)\(.*?\)\()",
        (
            "The tensors of an addition are not handed over as one list",
            "`Add()` makes a layer, and that layer takes one list of tensors{where}.",
            "Write `layers.Add()([X, Y])`.",
        ),
    ),
    (
        r"([\w.]+)\(\) takes (?:from \d+ to )?(\d+) positional arguments? but (\d+) (?:was|were) "
        r"given",
        (
            "Too many arguments are handed over to {0}: it takes {1}, not {2}",
            "`{0}` takes {1} arguments, and the call has {2}{where}.",
            "Compare the call with the first line of `{0}`. Several tensors go in one list, as in "
            "`layers.Add()([X, Y])`, and most settings are given by name.",
        ),
    ),
    (
        r"[Tt]oo many positional arguments",
        (
            "Too many arguments are handed over",
            "A call has more arguments than what it calls takes{where}.",
            "Look at what is called: several tensors go in one list, as in `layers.Add()([X, Y])`, "
            "and most settings are given by name.",
        ),
    ),
    (
        r"KerasTensor(?: cannot be used as| is symbolic).*bool|[Uu]sing a symbolic .*bool"
        r"|truth value of .*KerasTensor",
        (
            "A tensor is handed over where a layer takes a setting, or is used as true or false",
            "A tensor of a network that is being built has no values yet{where}.",
            "Does a layer get a tensor where it takes a setting? Make the layer first, then call "
            "it: `layers.ReLU()(X)`, not `layers.ReLU(X)`.",
        ),
    ),
    (
        r"KerasTensor is symbolic|__array__\(\).*symbolic|convert a symbolic",
        (
            "A NumPy function is applied to a Keras tensor",
            "A tensor of a network that is being built has no values yet{where}.",
            "Use the layer or the function of `keras.ops` of the same name.",
        ),
    ),
    (
        r"`?(strides|kernel_size|pool_size|padding|size|dilation_rate)`? argument must be",
        (
            "An argument has a value of the wrong kind",
            "`{0}` cannot have that value{where}.",
            "Print the value. Is it the one that you wanted to hand over, in the right place?",
        ),
    ),
    (
        r"Could not interpret (\w+)(?: function)?(?: identifier)?[:=]? *(.{0,60})",
        (
            "Keras knows no {0} of that name",
            "Keras knows no {0} called {1}{where}.",
            "Check the spelling in the documentation of the layer.",
        ),
    ),
    (
        r"(?s)calling (\w*Pool\w*)\.call.*[Oo]utput size would be",
        (
            "A pooling has a window that is larger than the image",
            "{0} leaves nothing of the image{where}.",
            "Does the network have a pooling in this place? Each one makes the image smaller.",
        ),
    ),
    (
        r"[Oo]utput size would be (?:zero or )?negative|[Nn]egative dimension size"
        r"|Computed output size would be",
        (
            "The images are smaller than the window that a layer slides over them",
            "A convolution or pooling without padding leaves nothing of the image{where}.",
            'Is `padding="same"` missing, or a stride too many?',
        ),
    ),
    (
        r"'(\w+)' object is not iterable",
        (
            "A value of the type {0} is used as if it were a list",
            "A value of the type {0} cannot be taken apart{where}.",
            "Print the value: it is one thing, and the line treats it as a list or a tuple.",
        ),
    ),
    (
        r"cannot unpack non-iterable (\w+).*\n(?:\w+ = |return )([\w.]+)\(",
        (
            "An argument of `{1}` is of the wrong kind",
            "`{1}` takes apart what it is given, and a value of the type {0} has no parts{where}.",
            "Compare the order of the arguments with the first line of `{1}`.",
        ),
    ),
    (
        r"cannot unpack non-iterable (\w+)",
        (
            "A value of the type {0} is unpacked as if it were a list",
            "A value of the type {0} cannot be taken apart{where}.",
            "Print the value: it is one thing, and the line gives it several names.",
        ),
    ),
    (
        r"(too many|not enough) values to unpack \(expected (?:at least )?(\d+)",
        (
            "The number of values is not the number of names",
            "There are {0} values for the {1} names on the left{where}.",
            "Print what stands on the right, and count.",
        ),
    ),
    (
        r"'(\w+)' object is not subscriptable",
        (
            "A value of the type {0} is indexed as if it were a list",
            "A value of the type {0} has no parts to take with `[…]`{where}.",
            "Print the value: is it what you think it is?",
        ),
    ),
    (
        r"'(\w+)' object is not callable",
        (
            "Something is called that is no function",
            "A value of the type {0} cannot be called{where}.",
            "Is a pair of brackets too many, or does a name of your own hide a function?",
        ),
    ),
    (
        r"'(float|numpy\.float\d+)' object cannot be interpreted as an integer",
        (
            "A whole number is needed, and there is a fraction",
            "Python needs a whole number{where}, and received {0:a}.",
            "Divide with `//` where the result counts things.",
        ),
    ),
    (
        r"unsupported operand type\(s\) for (.+?): '(.+?)' and '(.+?)'",
        (
            "`{0}` does not work between {1:a} and {2:a}",
            "`{0}` does not work between {1:a} and {2:a}{where}.",
            "Print both sides. Is one of them a tuple or a function where you wanted a number?",
        ),
    ),
    (
        r"'(.+?)' not supported between instances of '(.+?)' and '(.+?)'",
        (
            "Two things of different kinds are compared",
            "`{0}` does not work between {1:a} and {2:a}{where}.",
            "Print both sides. Is a tuple handed over where a single number is expected?",
        ),
    ),
    (
        r"operands could not be broadcast together with shapes (\(.*?\)) (\(.*?\))",
        (
            "Arrays of the shapes {0} and {1} do not fit each other",
            "NumPy cannot combine them{where}: from the last axis on, two lengths have to be the "
            "same, or one of them 1.",
            "Print both shapes. Is an axis missing, or an average taken along the wrong one?",
        ),
    ),
    (
        r"You must call `?compile\(\)`?|must be compiled|has not been compiled",
        (
            "The model is trained before it is compiled",
            "Keras knows neither optimiser nor loss yet{where}.",
            "Call `model.compile(…)` first, on the model that you train.",
        ),
    ),
    (
        r"(?s)Input \d+ (?:of|with name).*?incompatible"
        r".*?expected (.{1,60}?), ?found (.{1,80}?)(?:$|\n|\.)",
        (
            "A layer gets an input of the wrong shape",
            "A layer expects {0} and received {1}{where}.",
            "Print the shape of what goes in. Which layer before it should have changed it?",
        ),
    ),
    (
        r"must have the same rank|Arguments `target` and `output` must have the same shape",
        (
            "Labels and loss do not fit each other",
            "The loss expects labels in another form{where}.",
            'Whole numbers as labels go with "sparse_categorical_crossentropy", one-hot labels '
            'with "categorical_crossentropy".',
        ),
    ),
    (
        r"axis (-?\d+) is out of bounds for array of dimension (\d+)",
        (
            "There is no axis {0} in an array of {1} axes",
            "The axes are counted from 0, and the array has {1} of them{where}.",
            "Print the shape. The last axis is −1, however many there are.",
        ),
    ),
    (
        r"[Ii]nvalid (?:axis|axes)",
        (
            "A function gets an array with another number of axes than it takes",
            "The array has fewer axes than that{where}.",
            "Print the shape and count from 0.",
        ),
    ),
    (
        r"'(int|float|tuple|list|NoneType|bool)' object has no attribute "
        r"'(?:lower|upper|split|strip)'",
        (
            "A value of the type {0} stands where a word is expected",
            "What is called takes a word in quotes there, and received a value of the type "
            "{0}{where}.",
            "Which of the settings takes a word? Keras knows two paddings, for one: "
            '`padding="same"` and `padding="valid"`.',
        ),
    ),
    (
        r"^(\w+) index out of range",
        (
            "An index lies beyond the end of {0:a}",
            "A {0} has fewer entries than that{where}.",
            "Print the {0} and its `len`, and count from 0: the last entry has the index len − 1. "
            "Have all of them as many entries as you think?",
        ),
    ),
    (
        r"index (-?\d+) is out of bounds for axis (\d+) with size (\d+)",
        (
            "An index lies beyond the end of an array",
            "Axis {1} has the length {2}, and the index is {0}{where}.",
            "Print the shape, and count from 0: the last index is the length − 1.",
        ),
    ),
    (
        r"truth value of an array with more than one element is ambiguous",
        (
            "An array is used as if it were one true or false",
            "An array of several values is neither true nor false as a whole{where}.",
            "For every entry, write `~mask` in place of `not mask`, `&` for `and`, `|` for `or`. "
            "For one answer, ask for `.any()` or `.all()`.",
        ),
    ),
    (
        r"cannot reshape array of size (\d+) into shape (\(.*?\))",
        (
            "An array is brought into a shape that does not hold its numbers",
            "There are {0} numbers, and the shape {1} holds another number{where}.",
            "Print the shape before. Is a length written out that should be read from the "
            "array's own shape?",
        ),
    ),
    (
        r"boolean index did not match indexed array along axis (\d+); "
        r"size of axis is (\d+) but size of corresponding boolean axis is (\d+)",
        (
            "A mask has another length than the array it selects from",
            "The array has {1} entries along axis {0}, and the mask {2}{where}.",
            "Print both shapes. A mask has one entry for each image.",
        ),
    ),
    (
        r"The first argument to `Layer\.call` must always be passed",
        (
            "A layer is called without its input",
            "A layer takes the tensor that it works on first{where}.",
            "Write `layer(X)`.",
        ),
    ),
    (
        r"division (?:or modulo )?by zero",
        (
            "There is a division by zero",
            "Python cannot divide by 0{where}.",
            "Print what stands below the division. Is it a count of nothing?",
        ),
    ),
    (
        r"'(?:[\w.]+\.)?(\w+)' object does not support item assignment",
        (
            "A value of the type {0} cannot be changed in part",
            "An entry of {0:a} cannot be set{where}.",
            "Make a new one with the entry that you want, or use a list.",
        ),
    ),
    (
        r"only (?:length-1|0-dimensional) arrays can be converted to Python scalars"
        r"|only size-1 arrays can be converted|can only convert an array of size 1",
        (
            "An array of several numbers is used as if it were one number",
            "A single number is needed, and there is an array{where}.",
            "Print the shape. Is a mean, a sum or an index missing, or taken along one axis only?",
        ),
    ),
    (
        r"object has no attribute '(\w+)'(?s:.*)\n.*\b(layers|keras|ops|np|tf)\.\1\b",
        (
            "A variable called `{1}` hides the module of that name",
            "`{1}` is no longer the module{where}, and what it is now has nothing called `{0}`.",
            "Give the variable another name: where is `{1}` set, as in `for {1} in …`?",
        ),
    ),
    (
        r"'?(?:[\w.]+\.)?(\w+)'? object has no attribute '(\w+)'",
        (
            "A value of the type {0} has nothing called `{1}`",
            "The name `{1}` is not to be found in a value of the type {0}{where}.",
            "Check the spelling. Is the value what you think it is? Print its type.",
        ),
    ),
    (
        r"[Ii]nvalid images rank",
        (
            "Images come with too few or too many axes",
            "A function for images needs `(batch, height, width, channels)`{where}.",
            "Print the shape. Is the axis of the channels missing, or is there one too many?",
        ),
    ),
    (
        r"evenly divisible by the number of groups",
        (
            "The number of channels is not divisible by the number of groups",
            "A convolution in groups shares the channels out evenly{where}.",
            "Did you mean another argument than `groups`? The blocks here have one group.",
        ),
    ),
    (
        r"unhashable type: '(\w+)'.*\n.*\bset\(",
        (
            "`set` cannot hold values of the type {0}",
            "The members of a set are told apart by their hashes, and a value of the type {0} has "
            "none{where}.",
            "Leave out `set(…)`: a list holds them as they are.",
        ),
    ),
    (
        r"unhashable type: '(\w+)'",
        (
            "A value of the type {0} cannot be a key or a member of a set",
            "Keys and members of sets are told apart by their hashes, and a value of the type {0} "
            "has none{where}.",
            "Use a name, a number or a tuple as the key, or keep the values in a list.",
        ),
    ),
    (
        r"Cannot cast ufunc '(\w+)' output from dtype\('(\w+)'\) to dtype\('(\w+)'\)",
        (
            "Numbers of the type {1} cannot be stored in an array of the type {2}",
            "`-=` and its like write the result into the array as it is, and its type holds no "
            "fractions and no negative numbers{where}.",
            'Convert first: `x = x.astype("float32")`. Or make a new array: `x = x - …`.',
        ),
    ),
    (
        r"object of type '(\w+)' has no len\(\)",
        (
            "A value of the type {0} is used as if it had a length",
            "Something that has several parts is needed, and there is {0:a}{where}.",
            "Print the value. Should it be a pair, such as `(size, size)`?",
        ),
    ),
    (
        r"can only concatenate (\w+) \(not \"(\w+)\"\) to \w+",
        (
            "`+` does not work between {0:a} and {1:a}",
            "`+` does not work between {0:a} and {1:a}{where}.",
            "Print both sides. Is one of them a tuple where you wanted a number?",
        ),
    ),
    (
        r"can't multiply sequence by non-int of type '(\w+)'",
        (
            "A list, a tuple or a text is multiplied by {0:a}",
            "A row of things can be repeated a whole number of times only{where}.",
            "Print both sides. Should the first be an array, `np.array(…)`, or a number?",
        ),
    ),
    (
        r"(\w+) indices must be integers(?: or slices)?, not (\w+)",
        (
            "{0:a} is indexed with a value of the type {1}",
            "The places in {0:a} are counted with whole numbers{where}.",
            "Print the index. Is it a name, a fraction, or several indices at once?",
        ),
    ),
    (
        r"arrays used as indices must be of integer|only integers, slices",
        (
            "An index is not a whole number",
            "The places in an array are counted with whole numbers{where}.",
            "Print the index. `argmax` gives places, `max` gives the values that stand there.",
        ),
    ),
    (
        r"could not broadcast input array from shape (\(.*?\)) into shape (\(.*?\))",
        (
            "An array of the shape {0} does not fit into a place of the shape {1}",
            "What is written has another shape than where it is written to{where}.",
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
            "The rows of an array all have one length{where}.",
            "Print the lengths of the rows.",
        ),
    ),
    (
        r"matmul: .* \(size (\d+) is different from (\d+)\)",
        (
            "Two arrays cannot be multiplied as matrices: {1} columns meet {0} rows",
            "In `a @ b` the columns of `a` are as many as the rows of `b`{where}.",
            "Print both shapes. Did you mean `*`, which multiplies number by number?",
        ),
    ),
    (
        r"invalid literal for int\(\)|could not convert string to float",
        (
            "A text is taken for a number",
            "The text does not spell a number{where}.",
            "Print the value: is it what you think it is?",
        ),
    ),
    (
        r"No module named '([\w.]+)'",
        (
            "There is no module called {0}",
            "Python cannot import `{0}`{where}.",
            "The exercise needs only what the lesson imports. Is the name spelt right?",
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
    (
        r"modulo by zero",
        (
            "There is a division by zero",
            "Python cannot divide by 0{where}.",
            "Print what stands behind `%`.",
        ),
    ),
)
