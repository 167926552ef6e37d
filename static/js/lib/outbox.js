/**
 * Where unsent words wait: IndexedDB, else localStorage, else memory (a browser that blocks storage in frames).
 *
 *   const store = await openOutbox("desk:" + staffID);  // a scope is one sender: nobody else's words may leave under its name
 *   await store.put(entry); await store.all(); await store.remove(id);
 *
 * Every promise settles: IndexedDB of some Safari versions never answers the first open, so it gets two seconds.
 */
const NAME = "xiaoer";

export async function openOutbox(scope) {
  try {
    return indexed(await within(2000, database()), "outbox", scope);
  } catch {
    return listed(storage(), `xiaoer.outbox.${scope}.`);
  }
}

/** The same for entries that hold pictures and files ({id, blob, …}), which only IndexedDB can keep. */
export async function openUploads(scope) {
  try {
    return indexed(await within(2000, database()), "uploads", scope);
  } catch {
    return kept();
  }
}

function database() {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(NAME, 1);
    opening.onupgradeneeded = () => {
      for (const table of ["outbox", "uploads"]) {
        opening.result.createObjectStore(table, { keyPath: ["scope", "id"] });
      }
    };
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error);
    opening.onblocked = () => reject(new Error("blocked"));
  });
}

function indexed(db, table, scope) {
  const run = (mode, act) =>
    within(5000, new Promise((resolve, reject) => {
      const transaction = db.transaction(table, mode);
      const request = act(transaction.objectStore(table));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    }));
  return {
    lasts: true,
    put: (entry) => run("readwrite", (store) => store.put({ ...entry, scope })),
    remove: (id) => run("readwrite", (store) => store.delete([scope, id])),
    all: () => run("readonly", (store) => store.getAll(IDBKeyRange.bound([scope], [scope, []]))),
  };
}

/** One localStorage item an entry, so that two tabs never overwrite each other's list. */
function listed(items, prefix) {
  return {
    async put(entry) {
      items.setItem(prefix + entry.id, JSON.stringify(entry));
    },
    async remove(id) {
      items.removeItem(prefix + id);
    },
    async all() {
      const keys = Array.from({ length: items.length }, (_, i) => items.key(i)).filter((key) => key?.startsWith(prefix));
      return keys.map((key) => JSON.parse(items.getItem(key)));
    },
  };
}

function kept() {
  const entries = new Map();
  return {
    put: async (entry) => void entries.set(entry.id, entry),
    remove: async (id) => void entries.delete(id),
    all: async () => [...entries.values()],
  };
}

/** localStorage, or a stand-in for this page's life where it is blocked. */
export function storage() {
  try {
    localStorage.setItem("xiaoer.try", "1");
    localStorage.removeItem("xiaoer.try");
    return localStorage;
  } catch {
    return memory;
  }
}

const held = new Map();
const memory = {
  getItem: (key) => held.get(key) ?? null,
  setItem: (key, value) => void held.set(key, String(value)),
  removeItem: (key) => void held.delete(key),
  key: (i) => [...held.keys()][i] ?? null,
  get length() {
    return held.size;
  },
};

function within(ms, promise) {
  return new Promise((resolve, reject) => {
    const id = setTimeout(() => reject(new Error("storage does not answer")), ms);
    promise.then(resolve, reject).finally(() => clearTimeout(id));
  });
}
