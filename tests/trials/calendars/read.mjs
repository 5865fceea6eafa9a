// Reads calendars with ical.js, and prints what takes place in a window: [{file, from, until}] in, {file: [...]} out.
import { readFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { Worker, isMainThread, parentPort, workerData } from "node:worker_threads";

const { default: ICAL } = await import(pathToFileURL(isMainThread ? process.argv[2] : workerData));
const MOST = 5000, PATIENCE = 4000;

function moment(time, property) {
  const zone = time.zone && time.zone !== ICAL.Timezone.localTimezone ? time.zone.tzid : "";
  const tzid = property ? property.getParameter("tzid") || "" : "";
  return { wall: time.toString().replace("Z", ""), day: time.isDate, tzid, instant: zone ? time.toUnixTime() : null };
}

function entry(event, start, end, slot) {
  const component = event.component, dtstart = component.getFirstProperty("dtstart");
  const dtend = component.getFirstProperty("dtend") || dtstart;
  const people = component.getAllProperties("attendee").concat(component.getAllProperties("organizer"));
  return {
    uid: event.uid || "", slot: slot ? moment(slot, dtstart) : null,
    start: moment(start, dtstart), end: moment(end, dtend),
    status: component.getFirstPropertyValue("status") || "", title: event.summary || "",
    people: people.map((one) => [String(one.getFirstValue()), one.getParameter("email") || "", one.getParameter("cutype") || ""]),
  };
}

function* within(event, from, until, deadline) {
  const iterator = event.iterator();
  for (let next = iterator.next(), count = 0; next && count < MOST && Date.now() < deadline; next = iterator.next(), count++) {
    const found = event.getOccurrenceDetails(next);
    if (next.toUnixTime() > until + 90 * 86400) return;
    const overlaps = found.endDate.toUnixTime() >= from && found.startDate.toUnixTime() <= until;
    if (overlaps) yield entry(found.item, found.startDate, found.endDate, found.recurrenceId);
  }
}

function events(root) {
  const components = (root.name === "vevent" ? [root] : root.getAllSubcomponents("vevent"));
  return components.map((component) => new ICAL.Event(component));
}

function read({ file, from, until }) {
  const parsed = ICAL.parse(readFileSync(file, "utf8"));
  const roots = (Array.isArray(parsed[0]) ? parsed : [parsed]).map((jcal) => new ICAL.Component(jcal));
  const all = roots.flatMap(events), found = [];
  ICAL.TimezoneService.reset();
  for (const zone of roots.flatMap((root) => root.getAllSubcomponents("vtimezone"))) {
    ICAL.TimezoneService.register(zone);
  }
  const masters = new Map(all.filter((event) => !event.isRecurrenceException()).map((event) => [event.uid, event]));
  for (const event of all.filter((each) => each.isRecurrenceException())) {
    const master = masters.get(event.uid);
    if (master) master.relateException(event);
    else found.push(entry(event, event.startDate, event.endDate, event.recurrenceId));
  }
  for (const event of all.filter((each) => !each.isRecurrenceException())) {
    if (event.isRecurring()) found.push(...within(event, from, until, Date.now() + PATIENCE));
    else found.push(entry(event, event.startDate, event.endDate, null));
  }
  return found;
}

function answer(job) {
  try { return read(job); } catch (error) { return String(error.message || error).slice(0, 200); }
}

// ical.js searches a rule that never comes true without end: it works in a thread that can be ended.
function thread() {
  return new Worker(fileURLToPath(import.meta.url), { workerData: process.argv[2] });
}

function asked(worker, job) {
  return new Promise((resolve) => {
    const late = setTimeout(() => resolve(null), 3 * PATIENCE);
    worker.once("message", (found) => { clearTimeout(late); resolve(found); });
    worker.once("error", (error) => { clearTimeout(late); resolve(String(error)); });
    worker.postMessage(job);
  });
}

if (isMainThread) {
  const told = {};
  let worker = thread();
  for (const job of JSON.parse(readFileSync(0, "utf8"))) {
    told[job.file] = await asked(worker, job);
    if (told[job.file] === null) {
      told[job.file] = "ical.js does not come to an end";
      await worker.terminate();
      worker = thread();
    }
  }
  await worker.terminate();
  process.stdout.write(JSON.stringify(told));
} else {
  parentPort.on("message", (job) => parentPort.postMessage(answer(job)));
}
