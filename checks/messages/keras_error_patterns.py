"""What the errors of Keras look like, and what to say of them."""

from checks.messages.patterns import Patterns

_PRINT_BOTH_PATHS = (
    "Print the shape of both before they are {combined}. Which layer changes height, width or "
    "channels where it should not, or leaves them where it should change them?"
)
_BUILD_NAMES = (
    "Build the name of each layer from `stage` and `block`, so that every block has different "
    "names."
)
_CALL_IT = "`layers.{0}(…)` makes a layer. Call it on a tensor: `layers.{0}(…)(X)`."
_NAMES_IN_KERAS = (
    "Check the spelling. Keras writes `filters`, `kernel_size`, `strides`, `padding`, `use_bias`, "
    "`pool_size`, `epsilon` and, for an optimiser, `learning_rate`."
)

_WHOLE_NUMBERS = "units|filters|kernel_size|pool_size|strides|size|padding|cropping|dilation_rate"
_FLOOR_DIVISION = "`/` always gives a float: use `//`, which divides and gives an integer."

PATTERNS: Patterns = (
    (
        rf"`({_WHOLE_NUMBERS})`.*[Rr]eceived:? \1=(\(?\d+\.\d+(?:, [\d.]+)*\)?)",
        (
            "`{0}` is given a float, {1}, where it takes integers",
            "`{0}` counts something{where}, and {1} is a float.",
            _FLOOR_DIVISION,
        ),
    ),
    (
        r"Cannot convert '.*, (\d+\.\d+)\)' to a shape.*\n.*\b\w*Conv\w*\(",
        (
            "`filters` is given a float, {0}, where it takes an integer",
            "A layer has a whole number of filters{where}, and {0} is a float.",
            _FLOOR_DIVISION,
        ),
    ),
    (
        r"Cannot convert '.*' to a shape.*dimension '(\d+\.\d+)'.*\n.*\b\w*Conv\w*\(",
        (
            "`kernel_size` is given a float, {0}, where it takes integers",
            "A kernel has a whole number of rows and columns{where}, and {0} is a float.",
            _FLOOR_DIVISION,
        ),
    ),
    (
        r"Cannot convert '.*' to a shape.*dimension '(\d+\.\d+)'",
        (
            "A shape has a float in it, {0}, where it takes integers",
            "A shape is a tuple of whole numbers{where}, and {0} is a float.",
            _FLOOR_DIVISION,
        ),
    ),
    (
        r"(?s)incompatible shapes.*?(\(.*?\)).*?(\(.*?\))",
        (
            "The shapes of the two paths do not match",
            "Tensors of the shapes {0} and {1} cannot be {combined}{where}.",
            _PRINT_BOTH_PATHS,
        ),
    ),
    (
        r"(?s)Cannot broadcast shape.*?\[None, (.*?)\].*?\[None, (.*?)\]",
        (
            "The shapes of the two paths do not match",
            "Tensors of the shapes ({0}) and ({1}) cannot be {combined}{where}.",
            _PRINT_BOTH_PATHS,
        ),
    ),
    (
        r"(?s)axis -1 of input shape to have value (\d+).*received input with shape (\(.*?\))",
        (
            "A layer is called with another number of channels than before",
            "The layer has a kernel for {0} channels, and its input has the shape {1}{where}.",
            "Is one layer called twice? A layer keeps the kernel of its first call: make a new "
            "layer for every call, inside the loop.",
        ),
    ),
    (
        r"The name \"(.+?)\" is used (\d+) times",
        (
            "Layer names collide",
            'The name "{0}" is given to {1} layers of one network.',
            _BUILD_NAMES,
        ),
    ),
    (
        r"All layer names should be unique|layer names should be unique",
        (
            "Layer names collide",
            "Two layers of one network have the same name.",
            _BUILD_NAMES,
        ),
    ),
    (
        r"cannot contain character `/`\. Received: name=(.+?) \(of type <class 'str'>\)",
        (
            "The name of a layer contains a slash: {0}",
            "Keras allows no slash in the name of a layer{where}.",
            "Use an underscore instead of the slash.",
        ),
    ),
    (
        r"No such layer: (.+?)\. Existing layers are: ",
        (
            "The model has no layer called {0}",
            "`get_layer` finds no layer of that name{where}. Keras makes up the names of layers "
            "and models that are given none, so they differ from model to model.",
            "Find the layer by what it is: go through `model.layers`. A model that is used as a "
            "layer has `layers` as well.",
        ),
    ),
    (
        r"All `(\w+)s` values must be KerasTensors\..*?invalid value <(\w+) name",
        (
            "The {0} of the model is a layer, {1}, that was made and never called",
            "A model is defined by its input tensors and its output tensors{where}.",
            _CALL_IT.replace("{0}", "{1}"),
        ),
    ),
    (
        r"is not connected to `inputs`",
        (
            "The outputs of the model do not come from its inputs",
            "No path leads from the model's inputs to its outputs{where}.",
            "Does the first layer read the tensor that you give to `keras.Model` as its inputs? "
            "Make one `keras.Input`, and use its name for nothing else.",
        ),
    ),
    (
        r"Attempt to convert a value \(<(\w+) name=",
        (
            "A function is called on a layer, {0}, that was made and never called",
            "The function takes a tensor, and received a layer{where}.",
            _CALL_IT,
        ),
    ),
    (
        r"Cannot convert '(\d+)' to a shape.*\n.*\bInput\((?:shape *= *)?\*(\w+)",
        (
            "`keras.Input` is given `{1}` unpacked: it takes the shape as one tuple",
            "With the asterisk, each number of `{1}` becomes a separate argument, and {0} is "
            "taken for the shape{where}.",
            "Leave out the asterisk: `keras.Input({1})`.",
        ),
    ),
    (
        r"Cannot convert '(\d+)' to a shape.*\n.*\bInput\(",
        (
            "`keras.Input` is given the number {0} as its shape: it takes the shape as one tuple",
            "A shape is a tuple of height, width and channels, and {0} is a number{where}.",
            "Pass the whole shape as one tuple: `keras.Input(input_shape)`.",
        ),
    ),
    (
        r"Cannot convert '(.{1,60}?)' to a shape",
        (
            "{0} is given where a shape is expected",
            "A shape is a tuple of whole numbers{where}.",
            "Pass the whole shape as one tuple, such as `(64, 64, 3)`.",
        ),
    ),
    (
        r"Unrecognized keyword arguments? passed to (\w+).*?'(\w+)'",
        (
            "`{1}` is not an argument of {0}",
            "{0} has no argument called `{1}`{where}.",
            _NAMES_IN_KERAS,
        ),
    ),
    (
        r"Argument\(s\) not recognized.*?'(\w+)'.*\n.*?\b(\w+)\((?:[^()]|\([^()]*\))*?\b\1 *=",
        (
            "`{0}` is not an argument of {1}",
            "{1} has no argument called `{0}`{where}.",
            _NAMES_IN_KERAS,
        ),
    ),
    (
        r"Argument\(s\) not recognized.*?'(\w+)'",
        (
            "`{0}` is not an argument of the optimiser",
            "The optimiser has no argument called `{0}`{where}.",
            _NAMES_IN_KERAS,
        ),
    ),
    (
        r"(\w*Pool\w*)\.__init__\(\) missing \d+ required positional arguments?: (.+)",
        (
            "{0} is made without its argument {1}",
            "The argument {1} of {0} has no default{where}.",
            "A pooling over windows needs their size. A pooling over whole images, such as "
            "`GlobalAveragePooling2D`, needs none.",
        ),
    ),
    (
        r"A KerasTensor cannot be used as input to a TensorFlow function",
        (
            "A TensorFlow function is applied to a Keras tensor",
            "A function of TensorFlow cannot be part of a Keras network{where}.",
            "Use the layer or the `keras.ops` function that does the same.",
        ),
    ),
    (
        r"(?:Merge|Add|Concatenate)\.__init__\(\) takes.*\n.*\b(Add|Concatenate)\(\[",
        (
            "The tensors are given to `{0}` itself, not to the layer that it makes",
            "`{0}()` makes a layer, and that layer takes the list of tensors{where}.",
            "Write `layers.{0}()([X, Y])`: two pairs of brackets, the first of them empty.",
        ),
    ),
    (
        r"(?:Merge|Add|Concatenate)\.__(?:init|call)__\(\) takes"
        r"|(?s:[Tt]oo many positional arguments.*\n.*\b(?:Add|Concatenate)\(.*?\)\()",
        (
            "The tensors of an addition are not passed as one list",
            "`Add()` makes a layer, and that layer takes one list of tensors{where}.",
            "Write `layers.Add()([X, Y])`.",
        ),
    ),
    (
        r"KerasTensor(?: cannot be used as| is symbolic).*bool|[Uu]sing a symbolic .*bool"
        r"|truth value of .*KerasTensor",
        (
            "A tensor is passed in place of a setting, or used as a truth value",
            "The tensors of a network that is being built have no values yet{where}.",
            "Is a tensor passed to a layer where it takes a setting? Make the layer first, then "
            "call it: `layers.ReLU()(X)`, not `layers.ReLU(X)`.",
        ),
    ),
    (
        r"KerasTensor is symbolic|__array__\(\).*symbolic|convert a symbolic",
        (
            "A NumPy function is applied to a Keras tensor",
            "The tensors of a network that is being built have no values yet{where}.",
            "Use the layer or the `keras.ops` function that does the same.",
        ),
    ),
    (
        r"`?(strides|kernel_size|pool_size|padding|size|dilation_rate)`? argument must be",
        (
            "The argument `{0}` has a value of the wrong kind",
            "`{0}` cannot have that value{where}.",
            "Print the value. Is it the one that you wanted to pass, and in the right place?",
        ),
    ),
    (
        r"Could not interpret (\w+)(?: function)?(?: identifier)?[:=]? *['\"]?([\w.]{1,60})['\"]?"
        r"(?=\n|$)",
        (
            "Keras has no {0} called {1}",
            "Keras cannot find {0:a} of that name{where}.",
            "Check its spelling in the documentation of Keras. What you have defined yourself is "
            "passed as an object, not by its name.",
        ),
    ),
    (
        r"Could not interpret (\w+)(?: function)?(?: identifier)?[:=]? *(.{0,60})",
        (
            "Something else is passed where Keras expects {0:a}",
            "Keras cannot make {0:a} of {1}{where}.",
            "Pass its name, or an object of the right kind.",
        ),
    ),
    (
        r"(?s)\n.*channels_first",
        (
            "The channels are taken for the first axis of an image",
            "Here images have the shape (height, width, channels){where}.",
            'Leave out `data_format="channels_first"`.',
        ),
    ),
    (
        r"(?s)calling (\w*Pool\w*)\.call.*[Oo]utput size would be",
        (
            "A pooling window is larger than the image",
            "{0} leaves nothing of the image{where}.",
            "Should the network have a pooling here? Each one makes the image smaller.",
        ),
    ),
    (
        r"[Oo]utput size would be (?:zero or )?negative|[Nn]egative dimension size"
        r"|Computed output size would be",
        (
            "A layer's window is larger than the image",
            "A convolution or pooling without padding leaves nothing of the image{where}.",
            'Is `padding="same"` missing, or is there a stride too many?',
        ),
    ),
    (
        r"You must call `?compile\(\)`?|must be compiled|has not been compiled",
        (
            "The model is trained before it is compiled",
            "The model has neither an optimiser nor a loss yet{where}.",
            "Call `model.compile(…)` first, on the model that you train.",
        ),
    ),
    (
        r"No loss to compute",
        (
            "The model has no loss: it is not compiled",
            "The model computes a loss only after it has been compiled with one{where}.",
            "Compute the loss yourself: `keras.losses.SparseCategoricalCrossentropy()(labels, "
            "probabilities)`.",
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
            "The loss does not match the form of the labels",
            "The loss expects labels in another form{where}.",
            'Integer labels go with "sparse_categorical_crossentropy", one-hot labels with '
            '"categorical_crossentropy".',
        ),
    ),
    (
        r"'(int|float|tuple|list|bool)' object has no attribute '(?:lower|upper|split|strip)'",
        (
            "{0:a} is passed where a name in quotes is expected",
            "What is called expects text there, and received {0:a}{where}.",
            "Which of the settings is a name? Keras knows two paddings, for example: "
            '`padding="same"` and `padding="valid"`.',
        ),
    ),
    (
        r"The first argument to `Layer\.call` must always be passed",
        (
            "A layer is called without its input",
            "The first argument of the call is the tensor that the layer works on{where}.",
            "Write `layer(X)`.",
        ),
    ),
    (
        r"evenly divisible by the number of groups",
        (
            "The number of channels is not divisible by the number of groups",
            "A convolution in groups divides the channels evenly among them{where}.",
            "Did you mean another argument than `groups`? The blocks here have one group.",
        ),
    ),
)
