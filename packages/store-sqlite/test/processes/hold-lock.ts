// Holds the write lock of a database for some milliseconds, printing "held" when it has it.
import Database from "better-sqlite3";

const [file = "", milliseconds = "0"] = process.argv.slice(2);
const database = new Database(file);
database.exec("begin immediate");
console.log("held");
setTimeout(() => {
  database.exec("rollback");
  database.close();
}, Number(milliseconds));
