# %% [markdown]
# # 2 · The identity block

# %% tags=["setup"]
import checks
from keras import KerasTensor, layers

# %% exercise="resnet_course.blocks.conv_bn"

# %% check="conv_bn" points=2
