// The bench page: Annals' workloads, and beside them the floor, the least that the platform asks for the same.
import init, { run } from "./bench_page.js";

await init();

const STEP_MILLIS = 60_000;
const RECORD_BYTES = 64;
const RECORDS_PER_BATCH = 10_000;
const SEEKS_TOGETHER = 16;

const answered = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

const completed = (transaction) =>
  new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
  });

function opened(name) {
  const request = indexedDB.open(name, 1);
  request.onupgradeneeded = () => request.result.createObjectStore("records");
  return answered(request);
}

function mixed(number, salt) {
  let bits = (number ^ Math.imul(salt + 1, 0x9e3779b9)) | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}

function changeOf(number) {
  const deposit = (of) => 1 + (mixed(of, 5) % 100_000);
  if (number === 0) return 0;
  return number % 2 === 1 ? deposit(number) : -(1 + (mixed(number, 6) % deposit(number - 1)));
}

// The floor of one durable append: `add` of one small record, alone in a transaction.
async function add(durability, count) {
  const database = await opened("floor-add");
  const bytes = new Uint8Array(200);
  const times = [];
  let key = await answered(database.transaction("records").objectStore("records").count());
  for (let number = 0; number < count; number++) {
    const start = performance.now();
    const transaction = database.transaction("records", "readwrite", { durability });
    transaction.objectStore("records").add(bytes, ++key);
    transaction.commit();
    await completed(transaction);
    times.push(performance.now() - start);
  }
  database.close();
  return { times };
}

// Records of 64 bytes in batches: time in the first eight bytes, the change of the balance in the next.
async function fill(events) {
  await answered(indexedDB.deleteDatabase(`floor-${events}`));
  const database = await opened(`floor-${events}`);
  const start = performance.now();
  for (let first = 0; first < events; first += RECORDS_PER_BATCH) {
    const count = Math.min(RECORDS_PER_BATCH, events - first);
    const batch = new Float64Array((count * RECORD_BYTES) / 8);
    for (let place = 0; place < count; place++) {
      batch[place * 8] = (first + place) * STEP_MILLIS;
      batch[place * 8 + 1] = changeOf(first + place);
    }
    const transaction = database.transaction("records", "readwrite", { durability: "strict" });
    transaction.objectStore("records").add(batch.buffer, first);
    transaction.commit();
    await completed(transaction);
  }
  const ms = performance.now() - start;
  database.close();
  return { ms };
}

function fold(buffers) {
  let balance = 0;
  for (const buffer of buffers) {
    const batch = new Float64Array(buffer);
    for (let place = 1; place < batch.length; place += 8) balance += batch[place];
  }
  return balance;
}

// The floor of opening and rebuilding: all batches with one request, folded.
async function getAll(events) {
  const start = performance.now();
  const database = await opened(`floor-${events}`);
  const buffers = await answered(database.transaction("records").objectStore("records").getAll());
  const balance = fold(buffers);
  const ms = performance.now() - start;
  database.close();
  const again = performance.now();
  const folded = fold(buffers);
  return { ms, balance, fold_ms: performance.now() - again, folded };
}

// The floor of a seek: typed columns in memory with a balance every 1,024 events.
function seek(events, count) {
  const changes = Float64Array.from({ length: events }, (_, number) => changeOf(number));
  const balances = new Float64Array(Math.floor(events / 1024) + 1);
  for (let number = 0, balance = 0; number < events; number++) {
    if (number % 1024 === 0) balances[number / 1024] = balance;
    balance += changes[number];
  }
  const balanceAt = (target) => {
    const first = Math.floor(target / 1024);
    let balance = balances[first];
    for (let place = first * 1024; place <= target; place++) balance += changes[place];
    return balance;
  };
  const targets = Array.from({ length: count }, (_, number) => mixed(number, 77) % events);
  const times = [];
  let sum = 0;
  for (const target of targets) {
    const start = performance.now();
    sum += balanceAt(target);
    times.push(performance.now() - start);
  }
  // One seek is shorter than the clock's tick, so some are timed together.
  const each = [];
  for (let first = 0; first + SEEKS_TOGETHER <= count; first += SEEKS_TOGETHER) {
    const start = performance.now();
    let again = 0;
    for (const target of targets.slice(first, first + SEEKS_TOGETHER)) again += balanceAt(target);
    // What was found is part of the sum, so that the search for it cannot be left out.
    each.push((performance.now() - start) / SEEKS_TOGETHER + again * 0);
  }
  return { times, each, sum };
}

const floors = { add, fill, getAll, seek };

window.bench = {
  run: async (workload, shape, events) => JSON.parse(await run(workload, shape, events)),
  floor: (name, ...values) => floors[name](...values),
  room: async () => (await navigator.storage.estimate()).usage ?? 0,
};
document.title = "Annals: bench, ready";
