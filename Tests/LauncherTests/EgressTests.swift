import Testing

@testable import Launcher

/// Whose connections lead outside.
@Suite struct EgressTests {
    private static let table = """
          sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
           0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 11 1 0 100 0 0 10 0
           1: 0500000A:1F90 0900000A:C000 01 00000000:00000000 00:00000000 00000000     0        0 12 1 0 20 4 30 10 -1
           2: 0500000A:C001 01020304:01BB 01 00000000:00000000 00:00000000 00000000     0        0 13 1 0 20 4 30 10 -1
           3: 0100007F:C002 0100007F:1538 01 00000000:00000000 00:00000000 00000000     0        0 14 1 0 20 4 30 10 -1
        """

    @Test func whatTheProcessOpenedToOthersIsFound() {
        let outgoing = SocketTable(parsing: Self.table, transport: "tcp").outgoing
        // Neither what listens, nor what was accepted there, nor what stays on the machine.
        #expect(outgoing == [.init(transport: "tcp", address: [4, 3, 2, 1], port: 443)])
    }

    @Test(arguments: [
        ("postgresql://u:p@db1:5432,db2:5433/scorable", ["db1", "db2"]),
        ("host=/run/x,db.example user=b", ["db.example"]),
        ("redis+sentinel://:p@a:1,b:2/group", ["a", "b"]), ("https://[::1]:8/x", ["::1"]),
        ("siem.example:6514", ["siem.example"]), ("unix:///run/redis.sock", []),
    ]) func hostsAreFoundInAddresses(_ text: String, _ hosts: [String]) {
        #expect(NamedPlaces.hosts(in: text) == hosts)
    }

    @Test func theUnitsOfADaemonAreItsInstances() {
        let listing = """
            scorable-apid@1.service loaded active running Scorable API server (1)
            scorable-apid@2.service loaded failed failed  Scorable API server (2)

            """
        #expect(DaemonUnits.names(in: listing) == ["scorable-apid@1.service", "scorable-apid@2.service"])
        #expect(DaemonUnits.names(in: "Failed to connect to bus: No such file or directory\n").isEmpty)
    }

    @Test(arguments: [
        ("IPAddressDeny=::/0 0.0.0.0/0\nIPAddressAllow=127.0.0.0/8 ::1/128\n", true), ("IPAddressDeny=\n", false),
        ("IPAddressDeny=0.0.0.0/0\n", false), ("", false),
    ]) func aUnitIsHeldByWhatItDeniesToAll(_ shown: String, _ isHeld: Bool) {
        #expect(UnitProperties(shown).isHeldToAddresses == isHeld)
    }

    @Test func addressesAreWrittenAsResolversWriteThem() {
        #expect(NumericAddress.text([10, 0, 0, 7]) == "10.0.0.7")
        #expect(
            NumericAddress.text([0x20, 0x01, 0x0d, 0xb8] + [UInt8](repeating: 0, count: 11) + [1]) == "2001:db8::1")
        #expect(NumericAddress.text([UInt8](repeating: 0, count: 15) + [1]) == "::1")
    }
}
