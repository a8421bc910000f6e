# %% [markdown]
# # 1 · The problem of deep networks
#
# In 2014 the best image networks had about twenty layers; the one that won ImageNet in 2015 had 152. What had been in
# the way? In this lesson you build the kind of network that stops learning when it gets deep, the kind that does not,
# and an instrument that shows the difference before a single step of training.
#
# **You will be able to**
#
# - explain why deeper should never be worse, and what was found instead;
# - predict from the initialisation how large a signal is after any number of layers, forward and backward;
# - build plain and residual stacks of any depth in Keras;
# - measure the gradient that reaches each layer of a network, without changing the network;
# - say what shortcuts cure and what they do not, with the evidence.
#
# You need: Python, what a convolution and a ReLU are, the chain rule. Allow about 90 minutes.
#
# First run the next cell. It loads TensorFlow, which takes a few seconds.

# %% tags=["setup"]
from resnet_course.quiet import import_keras

import_keras()

import checks
import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import KerasTensor, layers, ops
from resnet_course.data import digits
from resnet_course.plain import GradientRecorder, stacked_network

# %% [markdown]
# ## Deeper should not be worse
#
# Take a network that has been trained, and build a deeper one from it: copy its layers, and add layers that pass on
# what they are given.
#
# ![A shallow network of four layers, and a deeper one: the same four layers, then four that hand on their input](figures/construction.svg)
#
# The deeper network makes exactly the same predictions. So among the functions that a deep network can compute there
# is one as good as the best shallow network, and training should find that one or a better one: at least the
# **training error** of a deeper network should not be higher (He et al. 2016a, section 1).
#
# It is. In figure 1 of that paper a plain network of 56 layers has a higher training error on CIFAR-10 than one of 20
# layers, and a higher test error. On ImageNet (table 2, top-1 error in percent):
#
# | | 18 layers | 34 layers |
# |---|---|---|
# | plain | 27.94 | **28.54** |
# | with shortcuts | 27.88 | **25.03** |
#
# This is not overfitting: a network that overfits has a *low* training error. The deep plain networks do worse on the very
# images they are trained on. The paper calls it the **degradation problem**: the good weights exist, and training does not
# find them.

# %% [markdown]
# ## How large is a signal after twenty layers?
#
# Deep networks have an older problem, and it has to be out of the way before you can even see degradation: signals
# that die out (Bengio et al. 1994; Glorot and Bengio 2010). You can work it out with a pencil.
#
# One layer computes $u = \sum_{i=1}^{n} w_i x_i$ for each of its outputs, then $\max(u, 0)$. Before training the weights
# are random, independent, with mean 0 and variance $\operatorname{Var}(w)$. Then
#
# $$\operatorname{E}(u^2) = n \operatorname{Var}(w) \operatorname{E}(x^2), \qquad
# \operatorname{E}\bigl(\max(u, 0)^2\bigr) = \tfrac{1}{2} \operatorname{E}(u^2),$$
#
# because half of the values of $u$, those below 0, are set to 0. So from layer to layer the mean square of the signal
# is multiplied by $\tfrac{1}{2}\, n \operatorname{Var}(w)$ (He et al. 2015, section 2.2). How much that is depends on
# the initialisation:
#
# - **Glorot**, which Keras uses if you say nothing: $\operatorname{Var}(w) = \frac{2}{n_\text{in} + n_\text{out}}$
#   (Glorot and Bengio 2010, equation 12). With as many channels out as in, that is $\frac{1}{n}$, and the mean square
#   is **halved** by every layer. The size of the signal, the root of the mean square, shrinks by $1/\sqrt{2}$ in each
#   layer, and by $2^{-10} \approx 1/1000$ in twenty.
# - **He**: $\operatorname{Var}(w) = \frac{2}{n}$ (He et al. 2015, equation 10), made for ReLU. The mean square stays as it is, on average.
#
# Is it true? Follow a random signal through twenty random layers:

# %%
rng = np.random.default_rng(0)
n = 400
signals = {"Glorot": rng.standard_normal(n)}
signals["He"] = signals["Glorot"]
for depth in range(1, 21):
    W = rng.standard_normal((n, n)) / np.sqrt(n)
    signals["Glorot"] = np.maximum(W @ signals["Glorot"], 0)
    signals["He"] = np.maximum(np.sqrt(2) * W @ signals["He"], 0)
    if depth in (1, 2, 4, 10, 20):
        sizes = {name: np.sqrt(np.mean(x**2)) for name, x in signals.items()}
        print(
            f"{depth:2d} layers   Glorot {sizes['Glorot']:.4f}   (1/√2)^depth {2 ** (-depth / 2):.4f}   He {sizes['He']:.2f}"
        )

# %% [markdown]
# ## A plain stack
#
# Now with convolutions. For a 3×3 convolution with $C$ channels in and out, $n = 9C$ numbers go into each output, and the estimate
# is the same. (At the border of the image some of the nine are zeros from the padding, so the signal shrinks a little faster.)
#
# A **plain stack** is a chain: each convolution followed by a ReLU, and nothing else.
#
# ![Above, a plain stack: convolution and ReLU, four times. Below, a residual stack: two blocks of convolution, ReLU, convolution, addition of the block's input, ReLU](figures/stacks.svg)
#
# There is no batch normalisation in this lesson. Real networks have it, and it changes the story; we leave it out to
# see the bare problem, and come back to it at the end.
#
# ### Exercise 1 · `plain_stack`
#
# > **Difficulty** ●○○○○ · **Importance** ●●●○○ · **Time** 10 minutes · **Points** 2
#
# Write the stack in the upper half of the picture, for any depth and width. In Keras's functional style a layer is made
# first and then called: `layers.Conv2D(8, 3, padding="same")` makes one with 8 filters of 3×3, and `(X)` behind it applies
# it to `X`. Leave the initialisation as it is: the experiment is about Glorot's.
#
# <details><summary>Hint 1 · how to begin</summary>
#
# A loop that runs `depth` times. In each turn, `X` becomes the output of a new convolution, and then of a ReLU.
# </details>
#
# <details><summary>Hint 2 · the layers</summary>
#
# `layers.Conv2D(width, 3, padding="same")` and `layers.ReLU()`. Without `padding="same"` the image gets smaller.
# </details>
#
# <details><summary>Hint 3 · nearly the answer</summary>
#
# ```python
# for _ in range(…):
#     X = layers.Conv2D(…)(X)
#     X = …
# return X
# ```
# </details>

# %% exercise="resnet_course.plain.plain_stack"

# %% check="plain_stack" points=2

# %% [markdown]
# ## A shortcut around every two convolutions
#
# The construction above needed layers that pass on what they are given. For a plain layer that is hard to learn: a
# convolution with a ReLU has to find exactly the kernel that copies. He et al. make it the starting point instead. Two
# convolutions compute only a *correction* $F(\mathbf{x})$, and the input is added to it:
#
# $$\mathbf{y} = F(\mathbf{x}) + \mathbf{x}$$
#
# (2016a, equation 1; the lower half of the picture). To pass on its input, a block needs only $F = 0$.
#
# What does that do to signals? **Forward**, $F(\mathbf{x})$ may be as small as it likes: $\mathbf{x}$ is still there. **Backward**,
# the derivative of a block is that of a sum. For one number,
#
# $$\frac{\partial y}{\partial x} = 1 + F'(x),$$
#
# and in place of a product of small slopes, $F_1' \cdot F_2' \cdots$, the chain rule gives
# $(1 + F_1')(1 + F_2') \cdots = 1 + F_1' + F_2' + \dots$: a sum that begins with a 1, a way for the gradient around all
# convolutions at once (He et al. 2016b, equation 5).
#
# Two remarks. Our blocks have a ReLU after the addition, as in the first paper, and it stops the gradient wherever the
# sum is negative; the second paper moves it elsewhere to make the 1 exact. And nothing keeps the signal from
# *growing*. With Glorot's initialisation $F(\mathbf{x})$ has half the mean square of $\mathbf{x}$ (the two
# convolutions keep it, the ReLU between them halves it), so a block multiplies the mean square by up to 1.5.
#
# ### Exercise 2 · `residual_stack`
#
# > **Difficulty** ●●○○○ · **Importance** ●●●●● · **Time** 20 minutes · **Points** 4
#
# Write the stack in the lower half of the picture. `depth` counts convolutions, and a block has two of them. Look closely at
# where the ReLUs stand: one between the convolutions, one *after* the addition.
#
# An odd depth would leave a convolution without a partner. Do not guess what the caller wants: raise a `ValueError` that
# says what was expected and what was received.
#
# <details><summary>Hint 1 · how to begin</summary>
#
# How many blocks are there, and where does the shortcut of each one start? Save the block's input under a second name
# before you overwrite `X`.
# </details>
#
# <details><summary>Hint 2 · the addition</summary>
#
# `layers.Add()([X, shortcut])` adds two tensors of the same shape. The shortcut is saved anew in every block, inside the loop.
# </details>
#
# <details><summary>Hint 3 · nearly the answer</summary>
#
# ```python
# if depth % 2:
#     raise ValueError(f"Expected an even depth. Received: {depth}")
# for _ in range(…):
#     shortcut = X
#     X = …                            # convolution
#     X = …                            # ReLU
#     X = …                            # convolution
#     X = layers.Add()([…, …])
#     X = …                            # ReLU
# return X
# ```
# </details>

# %% exercise="resnet_course.plain.residual_stack"

# %% check="residual_stack" points=4

# %% [markdown]
# The shortcuts cost nothing: both stacks have the same weights. `stacked_network` puts a stack between a first convolution, which
# turns the image into `width` channels, and a softmax layer for the ten digits.

# %%
for stack in (plain_stack, residual_stack):
    print(
        f"{stack.__name__:15s}{stacked_network(stack, depth=20, width=16).count_params():8,d} parameters"
    )

# %% [markdown]
# ## Measuring the signal
#
# What a layer learns from a batch is the gradient of the loss with respect to its kernel. If it is tiny, the layer
# gets no useful signal. For layer $l$ of $L$ it is made of two things: the **input** of the layer, which has come
# *forward* through $l - 1$ layers, and the **error** at its output, which has come *back* through the $L - l$ layers
# above it:
#
# $$\frac{\partial \text{loss}}{\partial W_l} = \text{error}_l \cdot \text{input}_l^{\mathsf{T}}
# \quad\text{(for a convolution, summed over all positions)}$$
#
# On its way back through a layer the error is multiplied by the same weights and stopped by the same ReLUs, so with
# Glorot's initialisation it too shrinks by about $1/\sqrt{2}$ in each layer (He et al. 2015, section 2.2). Put both
# together for a plain stack:
#
# $$\Bigl(\tfrac{1}{\sqrt 2}\Bigr)^{l - 1} \cdot \Bigl(\tfrac{1}{\sqrt 2}\Bigr)^{L - l} = \Bigl(\tfrac{1}{\sqrt 2}\Bigr)^{L - 1}
# \quad\text{whatever } l \text{ is.}$$
#
# Many texts say that the gradient vanishes towards the first layers. Here the estimate says something else: it is
# equally weak in *all* of them, because what the first layers lose on the way back, the last ones lose on the way
# forward. You will see which is right.
#
# **How to get at the gradients.** `fit` does not return them. In every step Keras runs the network forward, computes
# the loss and all gradients, and hands each gradient to the optimiser's method `update_step(gradient, variable,
# learning_rate)`. Gradient descent changes the variable by `-learning_rate * gradient`. But an optimiser may do what
# it likes. This one, given to you, puts the gradient *in the place of* the variable:
#
# ```python
# class GradientRecorder(keras.optimizers.Optimizer):
#     def __init__(self):
#         super().__init__(learning_rate=1.0)  # Keras asks for one; it means nothing here
#
#     def update_step(self, gradient, variable, learning_rate):
#         self.assign(variable, gradient)
# ```
#
# After one step, every variable holds its own gradient. Try it on a network with a single weight, $w = 3$, and the loss
# $(wx - y)^2$ with $x = 2$ and $y = 5$. By hand, the gradient is $2\,(wx - y)\,x = 2 \cdot 1 \cdot 2 = 4$.

# %%
inputs = keras.Input((1,))
single = keras.Model(inputs, layers.Dense(1, use_bias=False)(inputs))
single.set_weights([np.array([[3.0]])])
single.compile(optimizer=GradientRecorder(), loss="mean_squared_error")
single.train_on_batch(np.array([[2.0]]), np.array([[5.0]]))
print(single.get_weights()[0])

# %% [markdown]
# ### Exercise 3 · `gradient_norms`
#
# > **Difficulty** ●●●○○ · **Importance** ●●●●○ · **Time** 25 minutes · **Points** 3
#
# Build the instrument: for each `Conv2D` layer, one number that says how large the gradient of its kernel is, the L2 norm
# $\sqrt{\sum g^2}$ over all its weights. An instrument must not change what it measures, so
#
# - save the weights, `weights = model.get_weights()`, and put them back at the end with `model.set_weights(weights)`;
# - compile a *second* model on the same layers, `keras.Model(model.input, model.output)`, so that the first model
#   keeps its own optimiser, if it has one. The argument `run_eagerly=True` saves the time for translating a network
#   that runs only once.
#
# The loss for integer labels and a softmax output is called `"sparse_categorical_crossentropy"`, and one step of
# training is `train_on_batch(images, labels)`. (If you prefer `tf.GradientTape`, use it: the check looks at the
# numbers.)
#
# <details><summary>Hint 1 · the order of the steps</summary>
#
# Save the weights. Make the second model and compile it with the recorder. Train on the batch. *Now* the kernels hold
# the gradients: compute the norms. Put the weights back. Return the norms.
# </details>
#
# <details><summary>Hint 2 · which layers, which variable, which norm</summary>
#
# `isinstance(layer, layers.Conv2D)` picks the convolutions out of `model.layers`. `ops.convert_to_numpy(layer.kernel)`
# is the kernel as an array, without the bias, and `np.linalg.norm` of an array with four axes is the L2 norm of all
# its numbers (`ops.norm` takes only vectors and matrices).
# </details>
#
# <details><summary>Hint 3 · nearly the answer</summary>
#
# ```python
# weights = model.get_weights()
# recorder = keras.Model(model.input, model.output)
# recorder.compile(optimizer=…, loss=…, run_eagerly=True)
# recorder.train_on_batch(…)
# norms = {layer.name: float(…) for layer in model.layers if …}
# model.set_weights(…)
# return norms
# ```
# </details>

# %% exercise="resnet_course.plain.gradient_norms"

# %% check="gradient_norms" points=3

# %% [markdown]
# ## Question · What do shortcuts cure?
#
# > **Difficulty** ●●●○○ · **Importance** ●●●●● · **Time** 20 minutes · **Points** 3 · graded by hand
#
# Someone writes in a blog: “Deep plain networks fail because the gradient vanishes on its way back to the first layers.
# He et al. invented the shortcut to cure that.”
#
# 1. Take plain stacks with Glorot's initialisation and compare depth 20 with depth 4. By what factor is the gradient
#    of the *first* kernel smaller, and by what factor that of the *last*? Give the estimate and the reason.
# 2. Why is it different with a shortcut around every two convolutions? And what would be the simplest cure *without* shortcuts?
# 3. In section 4.1 of He et al. 2016a find the paragraph that begins “We argue that this optimization difficulty is
#    unlikely to be caused by vanishing gradients”. What do the authors base that on? How much of the blog's second
#    sentence remains true?
#
# Write a few sentences for each.

# %% [markdown] question="what_shortcuts_cure" points=3
# **Model answer.** (1) There are sixteen more layers, so both are smaller by about $(1/\sqrt 2)^{16} = 1/256$, a
# little more because of the zeros at the border. The gradient of a kernel is the product of what comes forward and
# what comes back. The first layer has its full input, and an error that has passed through the whole stack; the last
# has its full error, and an input that has passed through the whole stack. So the gradient is not lost “on its way
# back to the first layers” only: the signal is lost in both directions, and all layers feel it.
#
# (2) A block adds its input to what it computes. Its derivative is $1 + F'$, so the product over the blocks contains a
# 1 that has passed through no convolution; forward, the input itself is passed on. (The ReLU after the addition limits
# that to places where the sum is positive.) Without shortcuts it is enough, at the beginning of training, to choose
# the variance of the weights to suit the ReLU, $2/n$ (He et al. 2015); or to normalise every layer's output.
#
# (3) Their plain networks have batch normalisation, which keeps the forward signals at a variance that is not zero, and they checked that the
# gradients have healthy norms. Yet the deeper plain network has the higher training error. So vanishing signals are
# not the reason for the degradation that the paper is about; the authors suspect that deep plain networks converge very slowly,
# and leave the reason open. Shortcuts keep signals alive *and* cure the degradation, but the second does not follow from the first.
#
# **Rubric.** 1 point: about 1/256 for *both*, with forward and backward as the reason; half a point for the first
# layer alone. 1 point: the term 1 (or: the input is passed on), and initialisation or normalisation as the other cure.
# 1 point: batch normalisation and measured gradients as the evidence, and that degradation and vanishing signals are
# two different problems.

# %% [markdown]
# ## Experiment · Depth 4 against depth 20
#
# Four networks on real handwritten digits of 8×8 pixels: plain and residual, with 4 and with 20 convolutions in the
# stack. All have width 16, Glorot's initialisation and no batch normalisation, and are trained in the same way: Adam
# with a learning rate of 0.001, batches of 32, four epochs of 1,442 images. That is a short training run, which shows
# which network learns *at all*, not which is best in the end.
#
# Before training we measure with your `gradient_norms` how strong the gradient of each convolution is, and how large the
# signal is that enters it.
#
# **Predict first**, for each network:
#
# - the gradient norm of its **first** convolution before training. A hint: for the plain network with depth 4 it is about 0.005.
# - its **training loss** in the fourth epoch. Pure guessing gives $\ln 10 \approx 2.3$; being always right, and
#   certain of it, gives 0.

# %% tags=["experiment"]
prediction = {
    "plain, depth 4": {"gradient": 0.005, "loss": 1.0},
    "plain, depth 20": {"gradient": 0.005, "loss": 1.0},
    "residual, depth 4": {"gradient": 0.005, "loss": 1.0},
    "residual, depth 20": {"gradient": 0.005, "loss": 1.0},
}

# %% [markdown]
# The next cell builds, measures and trains the four networks, in less than half a minute on a quiet laptop.

# %% tags=["experiment"]
data = digits()
images, labels = data.x_train / 255.0, data.y_train


def signal_sizes(model, images):
    """Return the root of the mean square of what enters each convolution."""
    inputs = [layer.input for layer in model.layers if isinstance(layer, layers.Conv2D)]
    signals = keras.Model(model.input, inputs).predict(images, verbose=0)
    return [np.sqrt(np.mean(np.square(signal))) for signal in signals]


def measure_and_train(stack, depth, seed):
    keras.utils.set_random_seed(seed)
    model = stacked_network(stack, depth, width=16)
    signals = signal_sizes(model, images[:256])
    gradients = list(gradient_norms(model, images[:256], labels[:256]).values())
    model.compile(
        keras.optimizers.Adam(0.001), "sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    losses = model.fit(images, labels, batch_size=32, epochs=4, verbose=0).history["loss"]
    accuracy = model.evaluate(data.x_test / 255.0, data.y_test, verbose=0)[1]
    return {"signals": signals, "gradients": gradients, "losses": losses, "accuracy": accuracy}


measured = {
    f"{name}, depth {depth}": measure_and_train(stack, depth, seed=1)
    for depth in (4, 20)
    for name, stack in {"plain": plain_stack, "residual": residual_stack}.items()
}
for name, result in measured.items():
    print(
        f"{name:19s} first gradient {result['gradients'][0]:.0e}   last {result['gradients'][-1]:.0e}   "
        f"training loss {result['losses'][-1]:.2f}   right on test images {result['accuracy']:.0%}"
    )

# %% tags=["experiment"]
colours = {"plain": "#0072B2", "residual": "#D55E00"}
figure, (left, middle, right) = plt.subplots(1, 3, figsize=(12, 4.2), layout="constrained")
for name, result in measured.items():
    style = {
        "color": colours[name.split(",")[0]],
        "linestyle": "-" if name.endswith("20") else "--",
        "marker": "o",
        "markersize": 3.5,
    }
    positions = range(1, len(result["signals"]) + 1)
    left.plot(positions, result["signals"], label=name, **style)
    middle.plot(positions, result["gradients"], **style)
    epochs = range(1, len(result["losses"]) + 1)
    right.plot(epochs, result["losses"], **style)
    guess = {
        "color": style["color"],
        "marker": "s" if name.endswith("20") else "D",
        "facecolor": "none",
    }
    middle.scatter(0, prediction[name]["gradient"], **guess)
    right.scatter(epochs[-1] + 0.3, prediction[name]["loss"], **guess)
n = np.arange(1, 22)
left.plot(
    n[1:],
    measured["plain, depth 20"]["signals"][1] * 2 ** (-(n[1:] - 2) / 2),
    ":",
    color="#777",
    label="shrinking by 1/√2 a layer",
)
right.axhline(np.log(10), color="#777", linestyle=":")
right.text(1, np.log(10) + 0.04, "guessing", color="#777", fontsize=9)
left.set(
    title="before training: signal into each convolution", ylabel="root mean square", yscale="log"
)
middle.set(title="before training: gradient of its kernel", ylabel="L2 norm", yscale="log")
right.set(
    title="training", xlabel="epoch", ylabel="training loss", ylim=(0, 2.6), xticks=range(1, 5)
)
left.set_xlabel("convolution, from image to output")
middle.set_xlabel("convolution (0: your prediction for the first)")
figure.legend(loc="outside lower center", ncols=5, frameon=False)
for axes in (left, middle, right):
    axes.grid(alpha=0.3)
    axes.spines[["top", "right"]].set_visible(False)
plt.show()

# %% [markdown]
# **What you see.** *Left:* in the deep plain network the signal falls along the dotted line, and below it towards the
# end, to less than a thousandth of what entered the stack. In the residual network it keeps its size. (The zigzag
# arises because it is smaller between the two convolutions of a block than at the block's ends.) *Middle:* the
# gradient of the deep plain network is weak at *all* its convolutions, about as weak at the last as at the first. With
# eight different seeds the first gradient was 210 to 890 times weaker than with depth 4; the estimate is 256, and the
# border takes its share. In the deep residual network it was at least ten thousand times stronger. *Right:* the deep
# plain network does not get away from guessing (in one of the eight runs it began to learn in the fourth epoch). The
# deep residual network learns fastest of all, in all eight. With depth 4 shortcuts gain nothing: in six of the eight
# runs the plain network had the lower loss.
#
# **What it does not show.** That deep plain networks cannot learn. Change one thing at a time in *your* two stacks
# (then run their cells and the experiment again; with batch normalisation the check will complain, and rightly so) and
# see how the story changes:
#
# - `kernel_initializer="he_normal"` in every convolution;
# - back to Glorot, and `layers.BatchNormalization()` after every convolution.
#
# Predict before you run. With three seeds we found, for depth 20:
#
# | | first gradient: plain | residual | training loss: plain | residual | plain, depth 4 |
# |---|---|---|---|---|---|
# | Glorot | 0.000005 to 0.00002 | 0.06 to 0.5 | 2.30 | 0.52 to 0.69 | 1.36 to 1.59 |
# | He | 0.006 to 0.016 | 7 to 20 | 1.31 to 1.66 | 0.65 to 1.13 | 1.20 to 1.37 |
# | Glorot and batch normalisation | 1.6 to 2.1 | 1.0 | 0.93 to 1.12 | **0.05 to 0.09** | 0.80 to 0.95 |
#
# - **With He's initialisation** the deep plain network learns, a little more slowly than the shallow one. That the
#   signal vanished was a matter of the initialisation. Now it is the *residual* network that has a problem: its
#   signals grow from block to block.
# - **With batch normalisation** nothing vanishes; in the deep plain network the gradient even grows towards the first
#   convolution (with more layers it explodes: Yang et al. 2019). And still, in the fourth epoch it was right on 67 to
#   76 % of the *training* images, the plain network with depth 4 on 93 to 94 %, and the deep residual network on 99 %
#   or more. Healthy gradients, and yet the deeper network has the higher training error: here, in miniature, is the
#   degradation that He et al. 2016a write about. (Do not look at the test images in these runs: the averages that
#   batch normalisation uses there need more than 180 steps.)
#
# A small gradient alone does not explain the flat line either. Adam divides each gradient by its recent size (Kingma and Ba
# 2015, algorithm 1), so small does not mean slow. But the signal from the image had become so small that before training the
# probabilities of different digits differed in the sixth decimal place.

# %% [markdown]
# ## What to take away
#
# - Added layers can always do nothing, so deeper should never be worse on the training images. For plain networks it is: the
#   degradation problem.
# - With Glorot's initialisation a ReLU layer shrinks a signal by $1/\sqrt{2}$, forward and backward. All kernels of a plain stack
#   then get equally weak gradients, $2^{-L/2}$ for $L$ layers.
# - A shortcut makes a sum out of the product: $1 + F'$. Signals pass, and doing nothing is easy.
# - Vanishing signals have other cures too, initialisation and normalisation. Shortcuts do more than that.
# - Look before you train: the gradient of each layer costs one batch.
#
# Real residual networks have both shortcuts and batch normalisation. In **lesson 2** you build the block that ResNet50
# is made of.
#
# **Sources.** He, Zhang, Ren and Sun 2016a, *Deep residual learning for image recognition*, arXiv:1512.03385 ·
# the same 2016b, *Identity mappings in deep residual networks*, arXiv:1603.05027 ·
# the same 2015, *Delving deep into rectifiers*, arXiv:1502.01852 ·
# Bengio, Simard and Frasconi 1994, *Learning long-term dependencies with gradient descent is difficult*, IEEE Transactions on
# Neural Networks 5(2) ·
# Glorot and Bengio 2010, *Understanding the difficulty of training deep feedforward neural networks*, AISTATS ·
# Kingma and Ba 2015, *Adam: a method for stochastic optimization*, arXiv:1412.6980 ·
# Yang, Pennington, Rao, Sohl-Dickstein and Schoenholz 2019, *A mean field theory of batch normalization*, arXiv:1902.08129 ·
# digits: Alpaydin and Kaynak 1998, *Optical recognition of handwritten digits*, UCI.
