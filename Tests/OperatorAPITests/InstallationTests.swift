import EventLoop
import FoundationEssentials
import Operations
import Postgres
import Stores
import Tenancy
import Testing
import WireAPI

/// What operators see of the installation itself.
@Suite struct InstallationTests {
    @Test func thoseWhoRunTheInstallationSeeItsProcessesAndStores() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            try await tenant.runInstallation(true)
            for role in [Role.operator, .admin] {
                let viewer = try await tenant.viewer(role)
                let found = try await viewer.ask(.instances(withSettings: false))
                let instance = try #require(found.results.first?.instance)
                #expect(instance.name == "scorable-workerd on w1 (pid 7)" && instance.settings.isEmpty)
                #expect(instance.condition?.memoryBytes == 1 << 20 && instance.condition?.complaint == nil)
                let whole = try await viewer.ask(.instances(withSettings: true))
                let token = try #require(whole.results.first?.instance.settings.first)
                #expect(token.value == "‹redacted›" && token.source == "file /etc/scorable/scorable.yaml:1")
                let diagnosis = try await viewer.ask(.diagnosis)
                let latencies = diagnosis.findings.filter { $0.name == "latency" }
                #expect(latencies.count == 2 && latencies.allSatisfy { $0.detail.hasSuffix(" ms.") })
                #expect(diagnosis.findings.contains { $0.name == "archive" })
                #expect(diagnosis.findings.allSatisfy { $0.state < .warn || $0.remedy != nil })
            }
        }
    }

    @Test func howFullDisksAreIsForThoseWhoRunTheInstallation() async throws {
        try await OperatorServer.run { server in
            let readings = [
                StorageReading(subject: "disk:objects", bytes: 1 << 30, freeBytes: 1 << 31),
                StorageReading(subject: "execution_logs", bytes: 1 << 20),
            ]
            try await StorageSizeStore(database: server.database).note(readings, at: Date())
            let (tenant, other) = (try await server.tenant(), try await server.tenant())
            try await tenant.runInstallation()
            try await other.runInstallation(false)
            let whole = try await tenant.viewer(.operator).ask(.storage())
            #expect(whole.disks.map(\.name) == ["objects"] && whole.parts.map(\.name) == ["execution_logs"])
            let less = try await other.viewer(.owner).ask(.storage())
            #expect(less.level == whole.level && less.disks.isEmpty && less.parts.isEmpty)
        }
    }

    @Test func nobodyElseSeesThem() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            try await tenant.runInstallation(true)
            for role in [Role.viewer, .annotator, .engineer, .auditor] {
                let viewer = try await tenant.viewer(role)
                #expect(try await viewer.refusal(.instances(withSettings: true))?.status == 403)
                #expect(try await viewer.refusal(.diagnosis)?.status == 403)
            }
            let other = try await server.tenant()
            try await other.runInstallation(false)
            let owner = try await other.viewer(.owner)
            let refusal = try #require(try await owner.refusal(.instances(withSettings: true)))
            #expect(refusal.status == 403 && refusal.detail.contains("runs the installation"))
            #expect(try await owner.refusal(.diagnosis)?.status == 403)
        }
    }
}
