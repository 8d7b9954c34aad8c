import Testing

@testable import Postgres

/// Which hosts are tried, and in which order.
@Suite struct HostListTests {
    private func keywords(_ hosts: HostList) -> [String: String] {
        Dictionary(hosts.keywords, uniquingKeysWith: { first, _ in first })
    }

    @Test func eachAddressOfANameIsAHostOfItsOwn() throws {
        var hosts = try HostList(connection: "host=db.example,/run/pg,gone.example port=5433,5432,5434")
        #expect(hosts.names == ["db.example", "gone.example"])
        hosts.expand("db.example", to: ["10.0.0.1", "10.0.0.2"])
        hosts.expand("gone.example", to: [])
        #expect(keywords(hosts)["host"] == "db.example,db.example,/run/pg", "certificates are of the name")
        #expect(keywords(hosts)["hostaddr"] == "10.0.0.1,10.0.0.2,")
        #expect(keywords(hosts)["port"] == "5433,5433,5432")

        hosts.drop(through: TriedHost(name: "db.example", address: "10.0.0.1", port: "5433"))
        #expect(keywords(hosts)["hostaddr"] == "10.0.0.2,", "the other address of the same name is left")
    }

    @Test func whatKeptSilentIsTriedLast() throws {
        var hosts = try HostList(connection: "postgresql://u@a.example,b.example/db")
        hosts.expand("a.example", to: ["10.0.0.1"])
        hosts.expand("b.example", to: ["10.0.0.2"])
        hosts.putLast([TriedHost(name: "a.example", address: "10.0.0.1", port: "5432")])
        #expect(keywords(hosts)["host"] == "b.example,a.example")
        #expect(hosts.isLast(TriedHost(name: "a.example", address: "10.0.0.1", port: "5432")))
        #expect(!hosts.isLast(TriedHost(name: "b.example", address: "10.0.0.2", port: "5432")))
    }

    @Test func peopleSeeHostsAndNoPassword() throws {
        #expect(
            try HostList(connection: "postgresql://u:secret@a.example:5433,b.example/db").description
                == "a.example:5433,b.example")
    }
}
