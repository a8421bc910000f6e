# %% [markdown]
# # 3 · The convolutional block
#
# The identity block of lesson 2 returns exactly the shape it was given. A network made of nothing else could never
# get from an image to ten classes. In this lesson you build the block that changes the shape, and find out what it
# does not look at.
#
# **You will be able to**
#
# - compute the size of a convolution's output, and say where two paths do not fit before Keras does;
# - write a projection shortcut, the convolutional block of ResNet50 and the basic block of ResNet18 and ResNet34;
# - argue with numbers when a shortcut should be a projection and when it should be the identity;
# - show which pixels a block with a stride can see at all, and predict what that costs.
#
# You need: lessons 1 and 2. Allow about 90 minutes.
#
# First run the next cell. It loads TensorFlow, which takes a few seconds, and two functions from lesson 2.

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
from resnet_course.blocks import conv_bn, identity_block
from resnet_course.data import digits

# %% [markdown]
# ## When the shapes stop fitting
#
# On its way through ResNet50 an image gets smaller and deeper. With images of 64×64 pixels (He et al. 2016a, table
# 1, has the sizes for 224×224):
#
# | after | height × width | channels |
# |---|---|---|
# | the image | 64 × 64 | 3 |
# | stage 1 (convolution and pooling) | 16 × 16 | 64 |
# | stage 2 | 16 × 16 | 256 |
# | stage 3 | 8 × 8 | 512 |
# | stage 4 | 4 × 4 | 1024 |
# | stage 5 | 2 × 2 | 2048 |
#
# There is a rule behind it: where height and width are halved, the number of filters is doubled, so that each
# layer costs about the same (section 3.3). For a convolution with $C$ channels in and out, the number of
# multiplications is proportional to $H \cdot W \cdot C^2$, and $\tfrac{H}{2} \cdot \tfrac{W}{2} \cdot (2C)^2 = H
# \cdot W \cdot C^2$.
#
# So the first block of every stage has to change the shape, and the identity block cannot. Its shortcut is the
# input as it came in:

# %%
try:
    identity_block(keras.Input((16, 16, 64)), 3, (64, 64, 256), stage=2, block="b")
except ValueError as error:
    print(error)

# %% [markdown]
# Two things can change, the channels and the size. The number of channels is simple: a convolution has as many as
# it has filters. For the size, lay a kernel of $k$ pixels on a row of $n$ pixels and move it by $s$ pixels at a
# time.
#
# - Padding **"valid"**: the kernel has to lie inside the row. It can start at $0, s, 2s, \dots$ up to $n - k$.
# - Padding **"same"**: enough zeros are put around the row for the kernel to start at $0, s, 2s, \dots$ up to $n -
#   1$, whatever its size.
#
# Each start gives one pixel of the output. (Dumoulin and Visin 2016 draw every case.)
#
# ### Exercise 1 · `output_size`
#
# > **Difficulty** ●○○○○ · **Importance** ●●●○○ · **Time** 10 minutes · **Points** 1
#
# Count the starts. It is a matter of rounding in the right direction: try both paddings on paper with five pixels,
# a kernel of three and stride 2.
#
# <details><summary>Hint 1 · with stride 1</summary>
#
# In how many places can the kernel start with stride 1? For "same" the answer does not depend on the kernel. For
# "valid" the first start is 0 and the last is $n - k$, both included.
# </details>
#
# <details><summary>Hint 2 · with a stride</summary>
#
# Of the starts for stride 1, every $s$-th remains, and the first is always among them. Of 5 starts, stride 2
# leaves 0, 2 and 4: three of them.
# </details>
#
# <details><summary>Hint 3 · nearly the answer</summary>
#
# ```python
# starts = … if padding == "same" else …
# return math.ceil(…)
# ```
# </details>

# %% exercise="resnet_course.blocks.output_size"

# %% check="output_size" points=1

# %% [markdown]
# With your function, follow an image of 64 pixels through the strides of ResNet50. Do you get the table above?
# (The zeros that ResNet50 puts around the image and before the pooling come in lesson 4; "same" gives the same
# sizes here.)

# %%
size = 64
for layer, kernel, stride in [
    ("stage 1, convolution", 7, 2),
    ("stage 1, pooling", 3, 2),
    ("stage 2, first convolution", 1, 1),
    ("stage 3, first convolution", 1, 2),
    ("stage 4, first convolution", 1, 2),
    ("stage 5, first convolution", 1, 2),
]:
    size = output_size(size, kernel, stride, "same")
    print(f"{layer:28s}{size:3d} × {size}")

# %% [markdown]
# ## The projection shortcut
#
# If the main path changes the shape, the shortcut has to change it in the same way. The paper multiplies the input
# by a matrix before it is added (He et al. 2016a, equation 2):
#
# $$\mathbf{y} = F(\mathbf{x}) + W_s\,\mathbf{x}$$
#
# For feature maps, $W_s$ is a **1×1 convolution**: at each position it multiplies the vector of channels by the
# same matrix, which maps the channels that there are to as many as there should be. A stride makes it skip
# positions:
#
# $$\mathbf{y}_{ij} = F(\mathbf{x})_{ij} + W_s\,\mathbf{x}_{s i,\, s j}$$
#
# It is followed by batch normalisation, as every convolution of the network is (section 3.4), but not by a ReLU:
# the shortcut should let through everything that the shape allows, positive and negative.
#
# There are other ways to make the shapes fit. The paper compares three (section 4.1; the errors are those of table
# 3, for ResNet34 on ImageNet):
#
# | option | where the shape changes | in all other blocks | top-1 error |
# |---|---|---|---|
# | – | plain network, no shortcuts | | 28.54 % |
# | A | identity, every second position; missing channels are filled with zeros | identity | 25.03 % |
# | **B** | projection | identity | 24.52 % |
# | C | projection | projection | 24.19 % |
#
# Having a shortcut matters most; which one matters little. ResNet50 uses B, and so does this course. Why not C,
# which has the lowest error? That is the question at the end of this lesson.
#
# ### Exercise 2 · `projection_shortcut`
#
# > **Difficulty** ●○○○○ · **Importance** ●●●●○ · **Time** 5 minutes · **Points** 2
#
# Write the projection, with `conv_bn` from lesson 2 in one line. In the published networks the main path is called
# `branch2` and the shortcut `branch1`: for `stage=3, block="a"` the name of the unit is `"3a_branch1"`.
#
# <details><summary>Hint 1 · what it consists of</summary>
#
# One convolution and one batch normalisation: exactly one `conv_bn`.
# </details>
#
# <details><summary>Hint 2 · its arguments</summary>
#
# The kernel looks at one position. The number of filters and the stride are those that the function is given.
# </details>
#
# <details><summary>Hint 3 · nearly the answer</summary>
#
# ```python
# return conv_bn(X, filters, …, f"{stage}{block}_branch1", strides=…)
# ```
# </details>

# %% exercise="resnet_course.blocks.projection_shortcut"

# %% check="projection_shortcut" points=2

# %% [markdown]
# ## The block, layer by layer
#
# The **convolutional block** is the bottleneck of lesson 2 with two changes: the first convolution has the stride
# $s$, and the shortcut is a projection with the same stride.
#
# ![A convolutional block: three convolutions with batch normalisation on the main path, the first with stride s; a 1×1 convolution with stride s and batch normalisation on the shortcut; addition, then ReLU](figures/convolutional_block.svg)
#
# | | main path | shortcut |
# |---|---|---|
# | a | 1×1 convolution, $F_1$ filters, **stride $s$** → batch normalisation → ReLU | 1×1 convolution, $F_3$ filters, **stride $s$** → batch normalisation |
# | b | $f \times f$ convolution, $F_2$ filters → batch normalisation → ReLU | |
# | c | 1×1 convolution, $F_3$ filters → batch normalisation | |
# | | addition of both, **then** ReLU | |
#
# Compare the shapes at the addition: both paths have passed through one layer with stride $s$, and both end with
# $F_3$ channels. And both start at the block's input.
#
# In ResNet50 the block begins each of the stages 2 to 5. In stage 2 the stride is 1: the pooling has just halved
# the size, and only the channels change, from 64 to 256.

# %% [markdown]
# ## Where the stride goes
#
# The paper says which layers reduce the size (table 1), and the network definitions that its authors published put
# the stride into the *first* 1×1 convolution of the block. So do the pretrained weights of Keras, which you will
# load in lesson 4. But look at what such a convolution reads:
#
# ![Of 8 by 8 positions a 1×1 kernel with stride 2 reads 16; a 3×3 kernel with stride 2 reads all 64](figures/stride.svg)
#
# A 1×1 kernel with stride 2 reads one position in four. The other three, in all their channels, are computed by
# the block before and then never looked at, neither by the main path nor by the projection, which skips the same
# ones. A 3×3 kernel with stride 2 reads them all, most of them more than once.
#
# Many implementations therefore move the stride to the 3×3 convolution. The variant is known as ResNet **v1.5**;
# NVIDIA reports that it has about 0.5 points more top-1 accuracy on ImageNet and processes about 5 % fewer images
# per second. It is slower because the first convolution then has four times as many positions to compute. (The
# projection still skips three in four; ResNet-D, of He et al. 2019, section 4, uses average pooling to shrink
# there.) The names and shapes of the weights are the same in both variants: weights for one load into the other
# without complaint, and the results are wrong. Remember that in lesson 4.
#
# ### Exercise 3 · `convolutional_block`
#
# > **Difficulty** ●●●○○ · **Importance** ●●●●● · **Time** 20 minutes · **Points** 5
#
# Write the block in the picture, with the stride in the first 1×1 convolution. Use your `projection_shortcut` and
# `conv_bn`. The units of the main path are called `"3a_branch2a"`, `"3a_branch2b"` and `"3a_branch2c"` for
# `stage=3, block="a"`, as in lesson 2.
#
# <details><summary>Hint 1 · where to begin</summary>
#
# You will overwrite `X` on the main path. Make the shortcut before you do.
# </details>
#
# <details><summary>Hint 2 · if the shapes do not fit</summary>
#
# Print `X.shape` and `shortcut.shape` before the addition. If height and width differ, one path lacks the stride
# or has it twice. If the channels differ, one path does not end with $F_3$.
# </details>
#
# <details><summary>Hint 3 · nearly the answer</summary>
#
# ```python
# F1, F2, F3 = filters
# shortcut = projection_shortcut(X, F3, …)
# X = conv_bn(X, F1, 1, f"{stage}{block}_branch2a", strides=…)
# X = layers.ReLU()(X)
# …                                # as in the identity block
# X = layers.Add()([X, …])
# return …
# ```
# </details>

# %% exercise="resnet_course.blocks.convolutional_block"

# %% check="convolutional_block" points=5

# %% [markdown]
# Look at what you have built, here the first block of stage 3: the shapes should be those in the picture.

# %%
inputs = keras.Input((16, 16, 256))
block = keras.Model(inputs, convolutional_block(inputs, 3, (128, 128, 512), 3, "a", s=2))
for layer in block.layers:
    print(f"{layer.name:22s}{layer.output.shape[1:]!s:18s}{layer.count_params():8,d} weights")

# %% [markdown]
# ## The basic block
#
# ResNet18 and ResNet34 have no bottlenecks. Their **basic block** has two 3×3 convolutions (He et al. 2016a,
# figure 5, left), and one function covers both kinds of shortcut:
#
# - where the input already has the shape of the output, the shortcut is the **identity**;
# - where it does not, it is the **projection**: 1×1, same stride, batch normalisation.
#
# When does it not? *Either* when the stride is not 1, *or* when the number of channels changes. Usually both
# happen together, and a block that tests only one of the two works until it meets a network in which they do not.
# You can ask for the channels of a tensor with `X.shape[-1]`.
#
# The convolutions of this block have no bias. The batch normalisation after each convolution subtracts the mean,
# and with it any constant, so a bias would be stored and trained and change nothing (Ioffe and Szegedy 2015,
# section 3.2). The bottleneck blocks keep theirs so that the weights that Keras publishes for ResNet50 fit.
#
# ### Exercise 4 · `basic_block`
#
# > **Difficulty** ●●●○○ · **Importance** ●●●●○ · **Time** 15 minutes · **Points** 3
#
# Write the basic block: unit a (3×3, stride `s`), ReLU, unit b (3×3), addition of the right shortcut, ReLU. Call
# the units `"2a_branch2a"`, `"2a_branch2b"` and, for the projection, `"2a_branch1"`. Without a bias,
# `conv_bn(…, use_bias=False)`, also in the projection.
#
# <details><summary>Hint 1 · keep the input</summary>
#
# Give the input a second name before the first convolution. You need it twice: for the shortcut, and to know how
# many channels it had.
# </details>
#
# <details><summary>Hint 2 · the condition</summary>
#
# There are two reasons for a projection, joined by `or`: that `s != 1`, and that the channels of the *input*
# differ from `filters`.
# </details>
#
# <details><summary>Hint 3 · nearly the answer</summary>
#
# ```python
# shortcut = X
# …                                # unit a, ReLU, unit b
# if s != 1 or shortcut.shape[-1] != filters:
#     shortcut = conv_bn(shortcut, …)
# X = layers.Add()([X, shortcut])
# return …
# ```
# </details>

# %% exercise="resnet_course.blocks.basic_block"

# %% check="basic_block" points=3

# %% [markdown]
# ## Question · Why not everywhere?
#
# > **Difficulty** ●●●○○ · **Importance** ●●●●○ · **Time** 15 minutes · **Points** 3 · graded by hand
#
# In the table above, option C has the lowest error: a projection in *every* block. A colleague wants to build
# ResNet50 that way.
#
# 1. How many weights does it add? Take the 12 identity blocks of ResNet50, which are 2, 3, 5 and 2 blocks with
#    256, 512, 1024 and 2048 channels, and count the kernels of the 1×1 projections. Compare with the 23.6 million
#    parameters that ResNet50 has without its last layer.
# 2. What would be lost by giving up the identity shortcut? Think of lesson 2.
# 3. What do you advise? Name the evidence that you rely on.

# %% [markdown] question="why_not_everywhere" points=3
# **Model answer.** (1) A projection from $C$ to $C$ channels has $C^2$ weights:
# $2 \cdot 256^2 + 3 \cdot 512^2 + 5 \cdot 1024^2 + 2 \cdot 2048^2 = 14\,548\,992$, about 62 % more than the 23.6
# million. The projection joins the two ends of the bottleneck, where it has the most channels; for one block of
# 256 channels it has $256^2 = 65\,536$ weights, nearly as many as the three convolutions of the main path together
# (69,632). He et al. 2016a say that time and model size would double (section 4.1, "Deeper Bottleneck
# Architectures").
#
# (2) With the identity, a part of the signal and of the gradient passes a block unchanged: the factor 1 of the
# last lesson. With projections everywhere every path leads through a matrix in every block, and the direct term
# becomes a product of matrices, which can shrink or grow with depth.
#
# (3) Option B. The gain of C over B is 0.33 points of top-1 error, which the authors attribute to the additional
# parameters; they conclude that projections are not needed against the degradation problem and do not use C any
# further. In a deeper network C does harm: in a ResNet with 110 layers on CIFAR-10, 1×1 convolutions on all
# shortcuts raise the error from 6.61 % to 12.22 % (He et al. 2016b, table 1).
#
# **Rubric.** 1 point: 14.5 million (or about 60 %), with the count; half a point for the right idea with a slip. 1
# point: the direct path and its factor of 1 are lost. 1 point: a recommendation with evidence from the table or
# the papers; "C is the best, because its error is the lowest" without weighing the cost gets none.

# %% [markdown]
# ## Experiment · What a block never looks at
#
# Three positions in four are ignored: is that a pedantic remark, or does it cost something? We train three small
# networks on real handwritten digits of 8×8 pixels. Each has one block with stride 2, and one Dense layer on its
# output.
#
# 1. **first 1×1** — your `convolutional_block`, applied to the image itself;
# 2. **middle 3×3** — the same with the stride in the 3×3 convolution (v1.5);
# 3. **3×3 before** — one ordinary 3×3 convolution with stride 1, then your `convolutional_block`.
#
# For each, two measurements. *Pixels*: change one pixel of an image at a time; for how many of the 64 does the
# block's output change at all? *Errors*: how many of the test digits does the network get wrong after training?
#
# **Predict first.** Replace the zeros with what you expect, in percent; you will see your numbers in the plot. A
# network that guesses gets 90 % of the digits wrong.

# %% tags=["experiment"]
prediction = {
    "first 1×1": {"pixels": 0, "errors": 0},
    "middle 3×3": {"pixels": 0, "errors": 0},
    "3×3 before": {"pixels": 0, "errors": 0},
}

# %% [markdown]
# The next cell builds and trains the three networks, in less than half a minute.

# %% tags=["experiment"]
data = digits()


def stride_in_the_middle(X, f, filters, stage, block, s=2):
    shortcut = projection_shortcut(X, filters[2], stage, block, s)
    settings = zip("abc", (1, f, 1), filters, (1, s, 1), strict=True)
    for unit, kernel, width, strides in settings:
        X = conv_bn(X, width, kernel, f"{stage}{block}_branch2{unit}", strides)
        X = X if unit == "c" else layers.ReLU()(X)
    return layers.ReLU()(layers.Add()([X, shortcut]))


def after_a_convolution(X, f, filters, stage, block, s=2):
    X = layers.ReLU()(conv_bn(X, 16, 3, "_before"))
    return convolutional_block(X, f, filters, stage, block, s)


def train(block, epochs=12):
    inputs = keras.Input((8, 8, 1))
    features = layers.Flatten()(block(inputs / 255, 3, (16, 16, 64), 2, "a", s=2))
    model = keras.Model(inputs, layers.Dense(10, activation="softmax")(features))
    for layer in model.layers:
        if isinstance(layer, layers.BatchNormalization):
            layer.momentum = 0.9  # so short a training needs moving statistics that move fast
    rate = keras.optimizers.schedules.CosineDecay(0.005, epochs * len(data.x_train) // 64)
    model.compile(keras.optimizers.Adam(rate), "sparse_categorical_crossentropy")
    model.fit(data.x_train, data.y_train, batch_size=64, epochs=epochs, verbose=0)
    return model, keras.Model(inputs, features)


def influence(block, images):
    """Return by how much, at most, the block's output changes when one pixel does."""
    changed = np.repeat(images[:, None], 64, axis=1)
    for pixel in range(64):
        changed[:, pixel, pixel // 8, pixel % 8] = 255 - images[:, pixel // 8, pixel % 8]
    before = block.predict(images, verbose=0)[:, None]
    after = block.predict(changed.reshape(-1, 8, 8, 1), verbose=0).reshape(len(images), 64, -1)
    return np.abs(after - before).max(axis=(0, 2)).reshape(8, 8)


keras.utils.set_random_seed(0)
maps, measured = {}, {}
for name, block in {
    "first 1×1": convolutional_block,
    "middle 3×3": stride_in_the_middle,
    "3×3 before": after_a_convolution,
}.items():
    model, features = train(block)
    maps[name] = influence(features, data.x_test[:20].astype("float32"))
    answers = model.predict(data.x_test, verbose=0).argmax(axis=1)
    measured[name] = {
        "pixels": 100 * np.mean(maps[name] > 1e-4),
        "errors": 100 * np.mean(answers != data.y_test),
    }
    print(f"{name:12s}{measured[name]['pixels']:4.0f} % of the pixels", end=" ")
    print(f"{measured[name]['errors']:5.1f} % of the digits wrong")

# %% [markdown]
# Above, from left to right: a test digit, those of its pixels that the first network can see, and the influence of
# each pixel in each of the networks, from none (white) to the largest (dark).

# %% tags=["experiment"]
figure, panels = plt.subplot_mosaic(
    [["digit", "seen", *maps], ["pixels", "pixels", "pixels", "errors", "errors"]],
    figsize=(10, 5),
    layout="constrained",
)
digit = data.x_test[3, :, :, 0].astype(float)
panels["digit"].imshow(digit, cmap="gray_r")
panels["seen"].imshow(np.where(maps["first 1×1"] > 1e-4, digit, np.nan), cmap="gray_r", vmax=255)
panels["seen"].set_facecolor("#fde8cf")
for name, values in maps.items():
    panels[name].imshow(values / values.max(), cmap="Blues", vmin=0, vmax=1)
for name in ("digit", "seen", *maps):
    panels[name].set(title=name, xticks=[], yticks=[])

place = np.arange(len(maps))
for what in ("pixels", "errors"):
    for offset, numbers, label, colour in (
        (-0.2, prediction, "your prediction", "#c05621"),
        (0.2, measured, "measured", "#2b6cb0"),
    ):
        heights = [numbers[name][what] for name in maps]
        bars = panels[what].bar(place + offset, heights, 0.4, color=colour, label=label)
        panels[what].bar_label(bars, fmt="{:.1f}")
    panels[what].set(xticks=place, xticklabels=list(maps))
    panels[what].margins(y=0.12)
panels["pixels"].set_ylabel("pixels with influence, %")
panels["errors"].set_ylabel("wrong test digits, %")
figure.legend(*panels["pixels"].get_legend_handles_labels(), loc="outside lower center", ncols=2)
plt.show()

# %% [markdown]
# **What you see.** The first network reads 16 of the 64 pixels. Whatever is in the other 48 makes no difference to
# it, and no training can change that. It still reads nine digits in ten, which says something about digits; but it
# makes several times as many errors as the other two (with five different seeds: 8 to 10 %, against 1 to 2.5 % and
# 2 to 3.5 %).
#
# The third network has *the same block with the stride in the same place*. One 3×3 convolution in front of it has
# mixed every pixel into its neighbours, so the positions that are read carry information about those that are not.
# That is the situation in ResNet50: before each block with stride 2 there are 3×3 convolutions, so no *pixel* is
# lost there. What is lost is the work that went into positions nobody reads, and perhaps some detail. That fits
# with v1.5 being better by only half a point.
#
# **What it does not show.** The three networks differ in more than the stride: the second computes more, and the
# third has one more layer. And nobody puts a 1×1 convolution with stride 2 on an image. Try it: what happens to
# the number of pixels with `s=3`? With `f=1` in `stride_in_the_middle`? Does the third network still see
# everything with `s=4`? Predict before you run anything.

# %% [markdown]
# ## What to take away
#
# - With "same", a stride $s$ leaves $\lceil n / s \rceil$ pixels of $n$; with "valid",
#   $\lceil (n - k + 1) / s \rceil$.
# - Where the shape changes, the shortcut is a projection: a 1×1 convolution with the same stride, batch
#   normalisation, no ReLU. Everywhere else it is the identity, which costs nothing and lets signal and gradient
#   pass unchanged.
# - A block has to project if the stride is not 1 *or* the channels change.
# - A 1×1 convolution with stride 2 ignores three positions in four. The shapes of a network's weights do not show
#   where its stride is.
#
# You have all the blocks. **Lesson 4** builds ResNet50 from them and loads weights that were trained on 1.28
# million images.
#
# **Sources.** He, Zhang, Ren and Sun 2016a, *Deep residual learning for image recognition*, arXiv:1512.03385 · the
# same 2016b, *Identity mappings in deep residual networks*, arXiv:1603.05027 · Ioffe and Szegedy 2015, *Batch
# normalization*, arXiv:1502.03167 · Dumoulin and Visin 2016, *A guide to convolution arithmetic for deep
# learning*, arXiv:1603.07285 · He, Zhang, Zhang, Zhang, Xie and Li 2019, *Bag of tricks for image classification
# with convolutional neural networks*, arXiv:1812.01187 · the authors' network definitions:
# [github.com/KaimingHe/deep-residual-networks](https://github.com/KaimingHe/deep-residual-networks) · v1.5:
# NVIDIA, [ResNet50 v1.5 for PyTorch](https://pytorch.org/hub/nvidia_deeplearningexamples_resnet50/) · digits:
# Alpaydin and Kaynak 1998, *Optical recognition of handwritten digits*, UCI.
