# %% [markdown]
# # 2 · The identity block
#
# Lesson 1 ended with a puzzle: more layers made a plain network worse, and a shortcut around every two of them
# cured it. In this lesson you build the block that carries ResNet50, and find out what the shortcut does.
#
# **You will be able to**
#
# - explain, with one line of maths, why a deep stack trains better when each block *adds* to its input;
# - write a convolution with batch normalisation, and a bottleneck block around it, in Keras;
# - count the parameters of a block with pencil and paper;
# - predict what happens to a trained network when one of its blocks is deleted, and test the prediction.
#
# You need: the Keras functional API as in lesson 1, derivatives of sums and products. Allow about 90 minutes.
#
# First run the next cell. It loads TensorFlow, which takes a few seconds.

# %% tags=["setup"]
from resnet_course.quiet import import_keras

import_keras()

import math
from collections.abc import Sequence

import checks
import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import KerasTensor, layers
from resnet_course.data import digits

# %% [markdown]
# ## A block that learns a correction
#
# Take a few layers that are to turn $\mathbf{x}$ into some $H(\mathbf{x})$. A **residual block** lets the layers
# compute only the difference $F(\mathbf{x}) = H(\mathbf{x}) - \mathbf{x}$, the *residual*, and adds the input back:
#
# $$\mathbf{y} = F(\mathbf{x}) + \mathbf{x}$$
#
# (He et al. 2016a, equation 1). Nothing is lost: whatever the layers could compute before, they can still compute. But
# the starting point has moved. Where the best thing to do is nothing, a plain stack has to learn the identity with a
# pile of nonlinear layers, while the residual block only has to push $F$ to zero (section 3.1). Each block learns a
# **correction** to what it is given.
#
# **What this does to the gradient.** For one number $x$, the derivative of the block is
#
# $$\frac{\partial y}{\partial x} = 1 + F'(x).$$
#
# In a stack of $L$ blocks the chain rule multiplies these slopes. Let every $F$ have the slope $a$. The gradient
# that reaches the first layer is then multiplied by
#
# $$\underbrace{a \cdot a \cdots a}_{\text{plain}} = a^L \qquad\text{or}\qquad
# \underbrace{(1 + a)(1 + a) \cdots (1 + a)}_{\text{residual}} = (1 + a)^L = 1 + La + \dots$$
#
# Multiply out the residual product and the first term is a plain **1**: a part of the gradient that has passed through
# no layer at all (He et al. 2016b, equation 5, says the same for tensors). Put numbers in:

# %%
slope = 0.1
for depth in (1, 5, 10, 20, 40):
    print(f"{depth:2d} blocks   plain {slope**depth:.0e}   residual {(1 + slope) ** depth:5.1f}")

# %% [markdown]
# After 40 plain blocks nothing is left of the gradient: the first layers would not learn. In the residual stack it has
# grown 45-fold: it survives, but it is not under control. Two things keep it in bounds in a real network. The slopes have
# different signs and partly cancel; and **batch normalisation** fixes the size of what each convolution adds. So the
# block is built of units that consist of both.
#
# One thing to keep in mind for later: in the block of this lesson a ReLU follows the addition. Where its input is
# negative it stops the gradient of both paths, so the 1 holds only where the sum is positive.

# %% [markdown]
# ## Convolution and batch normalisation
#
# A **convolution** with a kernel $K$ of $k \times k$ pixels and $n$ filters computes, at every pixel $(i, j)$ and for
# every filter $c$, a weighted sum over the pixel's surroundings and over all channels $d$ of the input:
#
# $$u_{ijc} = b_c + \sum_{p,q,d} K_{pqdc} \; x_{i+p,\,j+q,\,d}$$
#
# With `padding="same"` the image keeps its size, and a block can add input and output.
#
# **Batch normalisation** then gives every channel mean 0 and variance 1, and lets it be shifted and scaled by two
# trained numbers, $\beta_c$ and $\gamma_c$ (Ioffe and Szegedy 2015, algorithm 1):
#
# $$v_{ijc} = \gamma_c \, \frac{u_{ijc} - \mu_c}{\sqrt{\sigma_c^2 + \varepsilon}} + \beta_c$$
#
# ![Feature maps of three images with four channels; one channel of all three images is marked](figures/batch_norm.svg)
#
# In training, the mean $\mu_c$ and the variance $\sigma_c^2$ are those of the channel in the current batch: over all
# its images and all its pixels (section 3.2). For predictions the layer uses moving averages of them, which it keeps
# up to date during training. In Keras the channels are axis 3 of a tensor `(batch, height, width, channels)`, so the
# layer is told `axis=3`.
#
# How to put layers together, as in lesson 1: *make* the layer, then *call* it on a tensor.

# %%
inputs = keras.Input((8, 8, 3))
halved = layers.AveragePooling2D(2, name="halved")(inputs)
outputs = layers.ReLU(name="rectified")(halved)
print(inputs.shape, "→", outputs.shape)

# %% [markdown]
# ### Exercise 1 · `conv_bn`
#
# > **Difficulty** ●○○○○ · **Importance** ●●●●○ · **Time** 10 minutes · **Points** 2
#
# Write the unit that every block of this course is made of: a convolution, then batch normalisation, and nothing else.
# No ReLU: the block decides where those go. The docstring below is the specification. Three settings to note:
#
# | setting | value | why |
# |---|---|---|
# | `kernel_initializer` | `"he_normal"` | keeps the size of the signal through ReLUs (He et al. 2015, equation 10) |
# | `epsilon` | `1.001e-5` | the value of the official Keras weights, so that they will fit your network |
# | names | `f"res{name}"`, `f"bn{name}"` | the names of the published networks; you will look for them in lesson 4 |
#
# <details><summary>Hint 1 · the two layers</summary>
#
# `layers.Conv2D` and `layers.BatchNormalization`. The result of the first call is the input of the second.
# </details>
#
# <details><summary>Hint 2 · the arguments of the convolution</summary>
#
# `Conv2D` takes the number of filters and the kernel size first. Pass `strides`, `padding="same"`, `use_bias`,
# `kernel_initializer` and `name` by keyword, and do not forget to pass on the `strides` and `use_bias` that you were
# given.
# </details>
#
# <details><summary>Hint 3 · nearly the answer</summary>
#
# ```python
# X = layers.Conv2D(filters, kernel_size, strides=…, padding=…, use_bias=…, kernel_initializer=…, name=…)(X)
# return layers.BatchNormalization(axis=…, epsilon=…, name=…)(X)
# ```
# </details>

# %% exercise="resnet_course.blocks.conv_bn"

# %% check="conv_bn" points=2

# %% [markdown]
# ## The identity block, layer by layer
#
# The block of ResNet50 has three convolutions (He et al. 2016a, figure 5, right). The first, 1×1, *reduces* the number
# of channels; the middle one, $f \times f$, looks at the surroundings of a pixel where there are few channels and this
# is cheap; the last, 1×1, *restores* the number of channels. Hence its name, **bottleneck**.
#
# ![An identity block: three convolutions, each with batch normalisation, two ReLUs between them; the input is added to their output; a ReLU follows](figures/identity_block.svg)
#
# Read the picture from left to right:
#
# | | layers of the main path |
# |---|---|
# | a | 1×1 convolution with $F_1$ filters → batch normalisation → ReLU |
# | b | $f \times f$ convolution with $F_2$ filters → batch normalisation → ReLU |
# | c | 1×1 convolution with $F_3$ filters → batch normalisation, **no ReLU** |
# | | addition of the shortcut, **then** ReLU |
#
# Two details carry the whole idea. The shortcut is the input *as it came in*, before any layer touched it: that is why
# it is called an **identity** block. And the last unit has no ReLU of its own, because a correction must be able to
# subtract as well as add.
#
# An addition needs two tensors of the same shape. Here they have it: the strides are 1, the padding is "same", and
# $F_3$ equals the number of channels of the input. When they are not, Keras says so:

# %%
try:
    layers.Add()([keras.Input((8, 8, 32)), keras.Input((8, 8, 16))])
except ValueError as error:
    print(error)

# %% [markdown]
# What to do then is lesson 3.
#
# ### Exercise 2 · `identity_block`
#
# > **Difficulty** ●●○○○ · **Importance** ●●●●● · **Time** 20 minutes · **Points** 5
#
# Write the block in the picture. Use your `conv_bn` for the three units. (If its check does not pass yet, you can
# write the layers out here and come back to it.) Name the units `"2a_branch2a"`, `"2a_branch2b"`, `"2a_branch2c"` for
# `stage=2, block="a"`; names must differ from block to block, or Keras refuses to build a network from them.
#
# <details><summary>Hint 1 · where to begin</summary>
#
# You will overwrite `X` again and again. Give the input a second name before you do: `shortcut = X`.
# </details>
#
# <details><summary>Hint 2 · the order</summary>
#
# unit a, ReLU, unit b, ReLU, unit c, addition, ReLU. Only the unit in the middle uses `f`; the other two have kernel
# size 1. Every unit gets a different one of the three numbers of filters.
# </details>
#
# <details><summary>Hint 3 · nearly the answer</summary>
#
# ```python
# F1, F2, F3 = filters
# shortcut = X
# X = conv_bn(X, F1, 1, f"{stage}{block}_branch2a")
# X = layers.ReLU()(X)
# …                                # the middle unit and its ReLU, then the last unit
# X = layers.Add()([X, …])
# return …
# ```
# </details>

# %% exercise="resnet_course.blocks.identity_block"

# %% check="identity_block" points=5

# %% [markdown]
# ## What a block costs
#
# A convolution with $k \times k$ kernels, $c$ input channels and $n$ filters has one kernel for each filter, which
# spans all input channels, and one bias for each filter:
#
# $$\underbrace{k \cdot k \cdot c \cdot n}_{\text{kernels}} + \underbrace{n}_{\text{biases}}$$
#
# Batch normalisation keeps four numbers a channel. Training changes two of them, $\gamma$ and $\beta$. The other two,
# the moving mean and the moving variance, are *measured*, not trained: no gradient reaches them. As an example to
# count along with, here is a unit with 3×3 kernels from 16 to 32 channels:

# %%
inputs = keras.Input((8, 8, 16))
X = layers.Conv2D(32, 3, padding="same")(inputs)
unit = keras.Model(inputs, layers.BatchNormalization()(X))
for weight in unit.weights:
    size = int(np.prod(weight.shape))
    print(
        f"{weight.path.split('/')[-1]:16s}{weight.shape!s:16s}{size:6d}",
        "trained" if weight.trainable else "measured",
    )

# %% [markdown]
# ### Exercise 3 · `identity_block_parameters`
#
# > **Difficulty** ●●○○○ · **Importance** ●●●○○ · **Time** 10 minutes · **Points** 2
#
# How many numbers does training change in an identity block? Use arithmetic alone; building the block and asking Keras
# would be too easy. Then call your function to see why the bottleneck is worth its name: compare
# `identity_block_parameters(3, 256, (64, 64, 256))` with the $2 \cdot (3 \cdot 3 \cdot 256 \cdot 256)$ kernel weights of
# two ordinary 3×3 convolutions at 256 channels.
#
# <details><summary>Hint 1 · three units, one formula</summary>
#
# The three units differ only in kernel size, input channels and filters. The input channels of one unit are the
# filters of the one before it.
# </details>
#
# <details><summary>Hint 2 · a unit</summary>
#
# Per filter: its kernel, one bias, one gamma, one beta. The ReLUs and the addition have no parameters.
# </details>
#
# <details><summary>Hint 3 · nearly the answer</summary>
#
# Unit a: $1 \cdot 1 \cdot \text{channels} \cdot F_1 + 3 F_1$. Unit b: $f \cdot f \cdot F_1 \cdot F_2 + 3 F_2$. Unit c: your turn.
# </details>

# %% exercise="resnet_course.blocks.identity_block_parameters"

# %% check="identity_block_parameters" points=2

# %% [markdown]
# ## Question · Two small changes
#
# > **Difficulty** ●●●○○ · **Importance** ●●●●○ · **Time** 15 minutes · **Points** 3 · graded by hand
#
# Two colleagues each change one thing in every identity block of a network of 40 blocks.
#
# - **A** moves the last ReLU in front of the addition: $\mathbf{y} = \mathbf{x} + \mathrm{ReLU}(F(\mathbf{x}))$.
# - **B** halves the shortcut: $\mathbf{y} = \tfrac{1}{2}\mathbf{x} + F(\mathbf{x})$, without a ReLU after it.
#
# What does each change do to the signal or to the gradient over 40 blocks? Argue with the equations of this lesson, and
# say what the identity shortcut of the original block does better. Six to ten sentences are enough.

# %% [markdown] question="two_changes" points=3
# **Model answer.** A: the output of a ReLU is never negative, so every block can only add to the signal and no block
# can take anything away. From block to block each value stays the same or grows; over 40 blocks the signal drifts
# upwards, and a block can no longer correct downwards. $F$ should be free to take both signs. (He et al. 2016b,
# section 4.1, "ReLU before addition", measured it on CIFAR-10 with ResNet-110: 7.84 % error instead of 6.61 %.)
#
# B: the slope of a block is $\tfrac12 + F'(x)$. Multiplied out over 40 blocks, the term that passes through no layer
# is $(\tfrac12)^{40} \approx 10^{-12}$ instead of 1. The direct path has vanished, for the signal as well as for the
# gradient, and what is left must pass through the layers, as in a plain network. (He et al. 2016b, equation 8; table 1
# shows that constant scaling fails or does worse.)
#
# The identity shortcut keeps the factor of the direct term at exactly 1, whatever the depth, and leaves $F$ before the
# addition free in sign.
#
# **Rubric.** 1 point: A makes the correction non-negative, so that the signal can only grow. 1 point: B multiplies the
# direct term by $(1/2)^{40}$, with the product or the chain rule as the reason. 1 point: says what the unchanged
# shortcut does better (factor 1 at any depth; both signs). Half a point for a correct claim without a reason.

# %% [markdown]
# ## Experiment · Delete a block
#
# Here is a strange thing to do to a network: train it, then delete a block from the middle, and do not train it again.
#
# ![Above, a plain network in which the second of three blocks is deleted; below, a residual network in which the second of three blocks is deleted](figures/deletion.svg)
#
# A plain network is a composition: the block after the gap receives something that it has never seen. A residual network
# is a *sum* of corrections (each $F$ reads the sum before it): one term is missing, and the rest still adds up.
# Veit et al. 2016 did this with VGG and with a ResNet of 110 layers (section 4.1).
#
# We do it with two networks of six blocks, one with your `identity_block` and one with the same three units without a
# shortcut, trained on 1,442 real handwritten digits of 8×8 pixels. Guessing gets 10 % of the test digits right.
#
# **Predict first.** Once trained, the plain network gets more than eight digits in ten right, the residual one nearly
# all. What is left, in percent, when one block in the middle is gone? Put your two numbers into the next cell. You
# will see them in the plot.

# %% tags=["experiment"]
prediction = {"plain": 50, "residual": 50}

# %% [markdown]
# The next cell builds and trains the networks, in about half a minute. Two details deserve a look. `start_as_identity`
# sets the last gamma of every block to 0, so that $F = 0$ and training begins with a network of blocks that do nothing
# yet (Goyal et al. 2017, section 5.1). A plain network cannot start like this: its output would be zero. And the batch
# normalisation forgets faster than usual (`momentum`), because this training is so short.

# %% tags=["experiment"]
LETTERS = "abcdef"
data = digits()


def plain_block(X, f, filters, stage, block):
    for unit, size, width in zip("abc", (1, f, 1), filters, strict=True):
        X = layers.ReLU()(conv_bn(X, width, size, f"{stage}{block}_branch2{unit}"))
    return X


def normalisations(model):
    return [layer for layer in model.layers if isinstance(layer, layers.BatchNormalization)]


def start_as_identity(block):
    last = normalisations(block)[-1]
    last.gamma.assign(keras.ops.zeros_like(last.gamma))


def stem(X):
    return layers.ReLU()(conv_bn(X / 255, 32, 3, "_stem"))


def as_layer(shape, function, *arguments):
    inputs = keras.Input(shape)
    model = keras.Model(inputs, function(inputs, *arguments))
    for normalisation in normalisations(model):
        normalisation.momentum = 0.9
    return model


def network(block):
    bottom = as_layer((8, 8, 1), stem)
    blocks = [as_layer((8, 8, 32), block, 3, (16, 16, 32), 2, letter) for letter in LETTERS]
    if block is identity_block:
        for residual in blocks:
            start_as_identity(residual)
    top = [layers.GlobalAveragePooling2D(), layers.Dense(10, activation="softmax")]
    return keras.Sequential([bottom, *blocks, *top])


def train(model, epochs=10, batch=128):
    steps = epochs * math.ceil(len(data.x_train) / batch)
    rate = keras.optimizers.schedules.CosineDecay(0.005, steps)
    model.compile(keras.optimizers.Adam(rate), "sparse_categorical_crossentropy")
    model.fit(data.x_train, data.y_train, batch_size=batch, epochs=epochs, verbose=0)


def accuracy(parts):
    X = data.x_test.astype("float32")
    for part in parts:
        X = part(X, training=False)
    return 100 * np.mean(np.argmax(keras.ops.convert_to_numpy(X), axis=-1) == data.y_test)


keras.utils.set_random_seed(0)
models = {"plain": network(plain_block), "residual": network(identity_block)}
for name, model in models.items():
    train(model)
    print(f"{name:9s}{accuracy(model.layers):5.1f} % of the test digits")

# %% [markdown]
# Now leave out one block at a time. Where a residual block is deleted, its shortcut remains; where a plain block is
# deleted, its input goes straight to the next block.

# %% tags=["experiment"]
figure, panels = plt.subplots(1, 2, figsize=(9, 3.2), sharey=True, layout="constrained")
for panel, (name, model) in zip(panels, models.items(), strict=True):
    left = [
        accuracy([part for part in model.layers if part is not gone])
        for gone in model.layers[1 : 1 + len(LETTERS)]
    ]
    panel.bar(list(LETTERS), left, color="#2b6cb0", label="one block deleted")
    panel.axhline(accuracy(model.layers), color="black", label="intact")
    panel.axhline(prediction[name], color="#c05621", linestyle="--", label="your prediction")
    panel.axhline(10, color="grey", linestyle=":", label="guessing")
    panel.set(title=f"{name} network", xlabel="deleted block", ylim=(0, 104))
panels[0].set_ylabel("test accuracy in %")
figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=4)
plt.show()

# %% [markdown]
# **What you see.** Whichever block the plain network loses, it falls to the level of guessing, or not far above it.
# The residual network keeps much more, and the later the block, the less it is missed. Early corrections are what all
# later ones build on; late ones only polish. In the ResNet of Veit et al., with 54 blocks instead of six, hardly any
# single deletion was noticeable, except for the blocks in which the size of the feature maps changes (figure 3).
#
# **What it does not show.** The two networks did not start alike, and the plain one had learned a little less. Test
# the obvious objections: leave out `start_as_identity`, train for longer, delete two blocks, or swap two. Which of the
# statements above still hold?

# %% [markdown]
# ## What to take away
#
# - A residual block computes a correction, $\mathbf{y} = \mathbf{x} + F(\mathbf{x})$; doing nothing is easy to learn.
# - Its slope is $1 + F'$. Even over many blocks, part of the gradient arrives unchanged.
# - Convolution → batch normalisation is the unit; the last unit has no ReLU; the ReLU follows the addition.
# - The bottleneck does the expensive convolution where there are few channels.
#
# The identity shortcut needs input and output of the same shape. A network that ends in ten classes has to shrink its
# feature maps somewhere: **lesson 3** builds the block that does.
#
# **Sources.** He, Zhang, Ren and Sun 2015, *Delving deep into rectifiers*, arXiv:1502.01852 ·
# the same 2016a, *Deep residual learning for image recognition*, arXiv:1512.03385 ·
# the same 2016b, *Identity mappings in deep residual networks*, arXiv:1603.05027 ·
# Ioffe and Szegedy 2015, *Batch normalization*, arXiv:1502.03167 ·
# Veit, Wilber and Belongie 2016, *Residual networks behave like ensembles of relatively shallow networks*, arXiv:1605.06431 ·
# Goyal et al. 2017, *Accurate, large minibatch SGD: training ImageNet in 1 hour*, arXiv:1706.02677 ·
# digits: Alpaydin and Kaynak 1998, *Optical recognition of handwritten digits*, UCI.
