"""The command `export`."""

import argparse
from pathlib import Path

from resnet_course.choices import choose
from resnet_course.commands.parser import Commands
from resnet_course.commands.training import add_model
from resnet_course.errors import CourseError
from resnet_course.quiet import import_keras


def add_export(commands: Commands) -> None:
    """Add `export`."""
    parser = commands.add(
        "export",
        export,
        "write a trained model in a format that other programs run",
        description="Write a trained model in a format that other programs run, without this "
        "package: `keras` for\nKeras, `savedmodel` for TensorFlow and its servers, `tflite` for "
        "phones and small devices, `onnx` for\nONNX Runtime and many others. All of them take raw "
        "uint8 pixels and return probabilities.",
        examples="  resnet-course export runs/custom-mnist --format tflite\n"
        "  resnet-course export runs/custom-mnist --format onnx --output digits.onnx\n",
    )
    add_model(parser)
    parser.add_argument(
        "--format", metavar="NAME", required=True, help="keras, savedmodel, tflite or onnx"
    )
    parser.add_argument(
        "--output",
        metavar="PATH",
        type=Path,
        help="file to write, or folder for savedmodel (default: named after MODEL, in the working "
        "directory)",
    )
    parser.add_argument("--overwrite", action="store_true", help="replace an earlier export there")


def export(arguments: argparse.Namespace) -> int:
    """Write a trained model in a format that other programs run."""
    import_keras()
    from resnet_course.results import exporting, run_folder

    name = choose(arguments.format, exporting.FORMATS, "format")
    output = arguments.output or exporting.default_path(arguments.model, name)
    exporting.check(name, output, arguments.overwrite)
    saved = run_folder.load(arguments.model)
    if output.resolve() == saved.path.resolve():
        raise CourseError(f"{output} is the model itself: name another file with --output.")
    exporting.export(saved.model, name, output, arguments.overwrite)
    height, width, channels = saved.model.input_shape[1:]
    print(
        f"wrote {output}: from uint8 pixels of shape (images, {height}, {width}, {channels}) to "
        f"probabilities of {len(saved.class_names)} classes"
    )
    return 0
