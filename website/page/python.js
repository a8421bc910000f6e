// Python in the background: workers that answer checks one at a time, and a limit of time.

/** Seconds that a check may take. A worker that takes longer is ended: nothing else stops a loop. */
const SECONDS = Number(new URLSearchParams(location.search).get("limit")) || 30;

class PythonWorker {
  constructor(script, told) {
    this.worker = new Worker(script, { type: "module" });
    this.waiting = null;
    this.ready = new Promise((resolve, reject) => {
      this.worker.onmessage = ({ data }) => {
        told(data);
        if (data.kind === "ready") resolve(data);
        if (data.kind === "failed") reject(new Error(data.message));
        if (data.kind === "checked") this.waiting?.resolve(data);
        if (data.kind === "broken") this.waiting?.reject(new Error(data.message));
      };
      this.worker.onerror = (event) => {
        const error = new Error(event.message || "the worker cannot be started");
        reject(error);
        this.waiting?.reject(error);
      };
    });
    this.ready.catch(() => {});
  }

  ask(request) {
    return new Promise((resolve, reject) => {
      this.waiting = { resolve, reject };
      this.worker.postMessage(request);
    });
  }

  end() {
    this.worker.terminate();
  }
}

export class Python {
  /**
   * @param {URL} script Address of the worker's script.
   * @param {(message: object) => void} told Called with what the first worker says of its loading.
   */
  constructor(script, told) {
    this.script = script;
    this.told = told;
    this.spare = null;
    this.queue = Promise.resolve();
  }

  /** Begin to load, once. */
  start() {
    this.current ??= new PythonWorker(this.script, this.told);
    return this.current.ready;
  }

  /** Ask for a check; checks wait for each other. Rejects where Python cannot be loaded. */
  check(request) {
    const answer = this.queue.then(() => this.#check(request));
    this.queue = answer.catch(() => {});
    return answer;
  }

  async #check(request) {
    try {
      await this.start();
    } catch (error) {
      this.current = null; // the next check tries to load it again
      throw error;
    }
    const asked = this.current.ask({ kind: "check", request });
    const late = new Promise((resolve) => setTimeout(resolve, SECONDS * 1000, "late"));
    let answer;
    try {
      answer = await Promise.race([asked, late]);
    } catch (error) {
      this.#replace();
      throw error;
    }
    if (answer === "late") {
      this.#replace();
      await this.current.ready;
      answer = await this.current.ask({ kind: "out of time", request, seconds: SECONDS });
    }
    this.spare ??= new PythonWorker(this.script, () => {});
    return answer;
  }

  #replace() {
    this.current.end();
    this.current = this.spare ?? new PythonWorker(this.script, () => {});
    this.spare = null;
  }
}
