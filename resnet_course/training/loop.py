"""Training a network: one run from a seed to a measured model."""

from dataclasses import dataclass

import keras
import numpy as np

from resnet_course.acceleration.training_twin import training_twin
from resnet_course.choices import check_patience, check_seed
from resnet_course.data.dataset import Dataset
from resnet_course.errors import CourseError
from resnet_course.quiet import check_settings_of_keras
from resnet_course.training import calibration, networks, tensorboard
from resnet_course.training.augmented import augmented
from resnet_course.training.batches import Batches, balancing_weights
from resnet_course.training.calibration import UNCALIBRATED, Plan, Temperature, kept_weights
from resnet_course.training.callbacks import Clock, EarlyStopping, Keeper, Recorder
from resnet_course.training.checkpoints import Checkpoints
from resnet_course.training.evaluation import IMAGES_A_BATCH, Evaluation, evaluate, probabilities
from resnet_course.training.fitting import fitted_recipe
from resnet_course.training.optimisers import optimiser
from resnet_course.training.precision import resolved
from resnet_course.training.recipes import Recipe
from resnet_course.training.settings import DEFAULT, TrainingSettings
from resnet_course.training.temperature import calibrated, uncalibrated


@dataclass(frozen=True, eq=False)
class Run:
    """A trained model, and how it was trained.

    Attributes:
        model: The model, from uint8 images to probabilities.
        dataset: What it was trained on.
        recipe: How.
        seed: Seed of the weights, the order and the augmentation.
        measured_on: What `evaluation` is about: `"test"` or `"validation"`.
        evaluation: How well it does.
        curve: Equally long lists of `"epoch"` (a fraction), `"loss"` and `"accuracy"` while
            training, and, if validated, `"validation_loss"` and `"validation_accuracy"` an epoch.
        cpu_seconds: Processor time of the training, over all cores.
        wall_seconds: Time by the clock of the training.
        best_epoch: The epoch whose weights were taken, from 1, if `patience` looked for one.
        temperature: What the model's probabilities were calibrated by.
    """

    model: keras.Model
    dataset: Dataset
    recipe: Recipe
    seed: int
    measured_on: str
    evaluation: Evaluation
    curve: dict[str, list[float]]
    cpu_seconds: float
    wall_seconds: float
    best_epoch: int | None = None
    temperature: Temperature = UNCALIBRATED


@dataclass(frozen=True, eq=False)
class Trace:
    """What a training leaves, apart from the weights.

    Attributes:
        curve: See `Run`.
        cpu_seconds: See `Run`.
        wall_seconds: See `Run`.
        best_epoch: See `Run`.
    """

    curve: dict[str, list[float]]
    cpu_seconds: float
    wall_seconds: float
    best_epoch: int | None = None


def train(
    model: str | keras.Model,
    dataset: Dataset,
    recipe: Recipe | None = None,
    settings: TrainingSettings = DEFAULT,
) -> Run:
    """Train a network and measure it once at the end.

    Args:
        model: Name of a network, one of `networks.NETWORKS`, or a model of your own from uint8
            images to probabilities; `networks.from_pixels` makes such a model. A temperature that
            it has is left out: that of another training means nothing.
        dataset: What to train and to measure on.
        recipe: How. If not given, what suits the network and the images.
        settings: What else there is to say of it.

    Returns:
        The run. `runs.save` writes it to disk.

    Raises:
        CourseError: If there is no such network, the images do not fit it, or the loss is not a
            number.
    """
    dataset = begun(dataset, settings)
    recipe = recipe or fitted_recipe(model if isinstance(model, str) else None, dataset)
    if isinstance(model, str):
        model = networks.build(model, dataset, recipe)
    model = uncalibrated(model)
    plan = calibration.plan(dataset, settings)
    dataset = plan.dataset
    if settings.progress:
        print(
            f"{model.name}, {model.count_params():,} parameters, on {len(dataset.y_train):,} "
            f"images of {dataset.name}: {recipe}",
            flush=True,
        )
    start = model.get_weights()
    trace = fit(model, dataset, recipe, settings)
    temperature = _temperature(model, plan, start, recipe, settings)
    model = calibrated(model, temperature.temperature)
    return Run(
        model=model,
        dataset=dataset,
        recipe=recipe,
        seed=settings.seed,
        measured_on=settings.measured_on,
        evaluation=evaluate(model, dataset),
        curve=trace.curve,
        cpu_seconds=trace.cpu_seconds,
        wall_seconds=trace.wall_seconds,
        best_epoch=trace.best_epoch,
        temperature=temperature,
    )


def begun(dataset: Dataset, settings: TrainingSettings) -> Dataset:
    """Check how a training is carried out, seed all random numbers, and hold images out.

    Args:
        dataset: What was given to train on.
        settings: How the training is carried out.

    Returns:
        What to train on. If there is a validation, its test images are the held-out ones.

    Raises:
        CourseError: If the settings cannot be right, or no images are left.
    """
    check_patience(settings.patience, settings.validation)
    check_seed(settings.seed)
    check_settings_of_keras()
    keras.utils.set_random_seed(settings.seed)
    return dataset.hold_out(settings.validation) if settings.validation else dataset


def _temperature(
    model: keras.Model,
    plan: Plan,
    start: list[np.ndarray],
    recipe: Recipe,
    settings: TrainingSettings,
) -> Temperature:
    """Fit the temperature of a trained model, which began with the weights `start`."""
    if plan.held_out is None:
        return UNCALIBRATED
    if not plan.again:
        return plan.fitted(probabilities(model, plan.held_out.x_test))
    with kept_weights(model):
        model.set_weights(start)
        if settings.progress:
            print(plan.announcement(), flush=True)
        trace = fit(model, plan.held_out, recipe, settings.again())
        return plan.fitted(probabilities(model, plan.held_out.x_test), trace.cpu_seconds)


def fit(
    model: keras.Model,
    dataset: Dataset,
    recipe: Recipe,
    settings: TrainingSettings = DEFAULT,
    steps_per_call: int = 1,
) -> Trace:
    """Train a model on a data set's training images.

    Args:
        model: From uint8 images to probabilities. Its weights change.
        dataset: What to train on. If there is a validation, its test images are what was held out.
        recipe: How.
        settings: What else there is to say of it.
        steps_per_call: Steps that the backend takes at a time, but for PyTorch's, which takes one.
            More are faster where a step is short; callbacks are called, and the state may be
            written, only after all of them.

    Returns:
        The learning curve and the time it took.

    Raises:
        CourseError: If the loss is not a number, the folder holds the state of another model, or
            there is but one image for batch normalisation.
    """
    weights = balancing_weights(dataset.y_train, dataset.classes) if recipe.class_weights else None
    batches = Batches(
        dataset.x_train,
        dataset.y_train,
        dataset.classes,
        recipe.batch_size,
        settings.seed,
        recipe.repeats,
        weights,
    )
    watched = (
        Batches(dataset.x_test, dataset.y_test, dataset.classes, 500, class_weights=weights)
        if settings.validation
        else None
    )
    if len(batches.order) == 1 and any(norm.trainable for norm in networks.normalisations(model)):
        raise CourseError(
            "batch normalisation needs two training images or more: received a single one."
        )
    twin = training_twin(model, resolved(recipe.precision))
    trained = augmented(twin, recipe, settings.seed)
    trained.compile(
        optimizer=optimiser(recipe, len(batches) * recipe.epochs),
        loss=keras.losses.CategoricalCrossentropy(label_smoothing=recipe.label_smoothing),
        metrics=["accuracy"],
        steps_per_execution=1 if keras.config.backend() == "torch" else steps_per_call,
    )
    clock, recorder = Clock(), Recorder(recipe, len(batches.order), settings.progress)
    _make_variables(trained, batches)
    stopping = EarlyStopping(settings.patience)
    go_to_epoch = keras.callbacks.LambdaCallback(
        on_epoch_begin=lambda epoch, logs: batches.go_to(epoch, recorder.step)
    )
    beside = [go_to_epoch, recorder, stopping, *settings.callbacks]
    if settings.logs:
        beside += tensorboard.callbacks(settings.logs)
    if settings.folder is not None:
        keeper = Keeper(Checkpoints(settings.folder), recorder, stopping, clock)
        if keeper.checkpoints.hold_a_state():
            for each in (keeper, stopping):
                each.set_model(trained)
            keeper.restore()
        beside.append(keeper)
    while recorder.epoch < recipe.epochs and not stopping.stopped:
        batches.go_to(recorder.epoch, recorder.step)
        trained.fit(
            batches,
            initial_epoch=recorder.epoch,
            epochs=recorder.epoch + 1 if recorder.step else recipe.epochs,
            validation_data=watched,
            callbacks=beside,
            shuffle=False,
            verbose=0,
        )
    stopping.bring_back()
    if twin is not model:
        model.set_weights(twin.get_weights())
    spent = clock.spent()
    # The last step's loss is from before its update.
    said = model.predict(dataset.x_train[: recipe.batch_size], IMAGES_A_BATCH, verbose=0)
    if not np.isfinite(said).all():
        raise CourseError(
            "after the last step the model returns NaN: lower the learning rate, which "
            f"is {recipe.learning_rate:g}."
        )
    return Trace(recorder.curve, *spent, stopping.best_epoch or None)


def _make_variables(model: keras.Model, batches: Batches) -> None:
    """Make the variables of the optimiser and the metrics.

    A state on disk needs them, and TensorFlow traces a first step that makes any twice.
    """
    images, targets, *weights = batches[0]
    model.optimizer.build(model.trainable_variables)
    model.compute_metrics(images, targets, targets, *weights)
    model.reset_metrics()
