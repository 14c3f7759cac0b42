//! The pages for people: in step, linked, and with code that works.

use anyhow::{Result, bail};

use super::node_tests::{node_tests, test_files};
use super::report::{Extent, Report};
use super::tally::Counts;
use crate::tools::debian;
use crate::tools::run::{is_set, root};

/// The back ends that the tests build and start, by their names there.
const BACK_ENDS: &str = "WX_SUBSCRIBE_BACK_ENDS";

/// What the full run builds and starts, beside Node with a database of its own.
const ON_SERVERS: &str = "Node,Node on PostgreSQL,Java (Spring) on PostgreSQL,\
                          Java (Spring) on MariaDB,Go on MariaDB";

/// What those are built with, and the database servers that they run on.
const PACKAGES: [&str; 14] = [
    "golang-github-go-sql-driver-mysql-dev",
    "golang-go",
    "libhikaricp-java",
    "libjackson2-databind-java",
    "libjetty9-java",
    "libmariadb-java",
    "libpostgresql-jdbc-java",
    "libspring-jdbc-java",
    "libspring-transaction-java",
    "libspring-web-servlet-java",
    "mariadb-client-core",
    "mariadb-server-core",
    "openjdk-17-jdk-headless",
    "postgresql",
];

/// Runs them. The full run also builds the servers in Java and Go, and starts
/// PostgreSQL and MariaDB; a machine that cannot leaves them out, and the end of
/// the report says so. With `CI` set, it is an error.
pub fn run(report: &mut Report) -> Result<()> {
    let folder = root().join("tests/docs");
    let mut tests = node_tests(&folder);
    tests.args(test_files(&folder, ".test.js")?);
    if report.extent() == Extent::Full {
        let what = "the back ends of the docs on database servers: they need Debian's packages";
        if debian::install(&PACKAGES)? {
            tests.env(BACK_ENDS, ON_SERVERS);
        } else if is_set("CI") {
            bail!("{what}");
        } else {
            report.leave_out(what.to_owned());
        }
    }
    report.suite("pages for people", Counts::Node, &mut tests)
}
