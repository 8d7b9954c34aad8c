import Foundation
import JSON
import Testing
import WireAPI

extension EndToEnd {
    /// `scorable doctor` and `scorable support-bundle`, on an installation that runs.
    @Suite struct DoctorCommandTests {
        @Test func everythingIsLookedAtAndWell() async throws {
            let installation = try await PrivateInstallation.demonstration()
            let outcome = try await installation.scorable("doctor", "--json")
            let diagnosis = try JSONCodec.decode(OperatorDiagnosis.self, from: Array(outcome.output.utf8))
            let wrong = diagnosis.findings.filter { $0.state == .fail }
            #expect(wrong.isEmpty, "\(wrong)")
            #expect(outcome.code == (diagnosis.worst == .warn ? 1 : 0))
            let looked = Set(diagnosis.findings.map(\.group))
            #expect(looked == Set(OperatorDiagnosis.Group.allCases).subtracting([.egress]))
            let ready = diagnosis.findings.filter { $0.group == .daemons && $0.detail.hasPrefix("Ready, version ") }
            #expect(ready.count == PrivateInstallation.daemons.count, "\(diagnosis.findings)")
            #expect(diagnosis.findings.contains { $0.name == "ledger" && $0.detail.contains("The sums add up") })
            // The programs that it asks for their settings are none that serve.
            let processes = diagnosis.findings.filter { $0.group == .host && $0.name.hasPrefix("scorable-") }
            #expect(processes.count == PrivateInstallation.daemons.count, "\(processes)")
            // What will be wrong says what to do.
            #expect(diagnosis.findings.allSatisfy { $0.state < .warn || $0.remedy != nil })
        }

        @Test func whatCannotBeReachedIsAFindingAndTheRestIsLookedAt() async throws {
            let installation = try await PrivateInstallation.demonstration()
            let place = try TemporaryPlace()
            let settings = "\(place.path)/scorable.yaml"
            let original = try String(contentsOfFile: "\(installation.place.state)/scorable.yaml", encoding: .utf8)
            let broken = original.replacing("run/redis.sock", with: "run/nothing.sock")
            try broken.write(toFile: settings, atomically: true, encoding: .utf8)
            let outcome = try await PrivateInstallation.scorable(
                ["doctor", "--json", "--state", installation.place.state],
                environment: .clean.adding(["SCORABLE_CONFIG": settings]))
            #expect(outcome.code == 2)
            let diagnosis = try JSONCodec.decode(OperatorDiagnosis.self, from: Array(outcome.output.utf8))
            let redis = diagnosis.findings.filter { $0.group == .redis && $0.state == .fail }
            #expect(!redis.isEmpty && redis.allSatisfy { $0.remedy != nil }, "\(redis)")
            #expect(diagnosis.findings.contains { $0.group == .database && $0.name == "schema" && $0.state == .ok })
        }

        @Test func whatNeedsADatabaseThatIsAwayIsOneFindingWithWhatToDo() async throws {
            let installation = try await PrivateInstallation.demonstration()
            let place = try TemporaryPlace()
            let settings = "\(place.path)/scorable.yaml"
            let original = try String(contentsOfFile: "\(installation.place.state)/scorable.yaml", encoding: .utf8)
            let broken = original.replacing("user=scorable", with: "user=nobody-of-ours")
            try broken.write(toFile: settings, atomically: true, encoding: .utf8)
            let outcome = try await PrivateInstallation.scorable(
                ["doctor", "--json", "--state", installation.place.state],
                environment: .clean.adding(["SCORABLE_CONFIG": settings]))
            #expect(outcome.code == 2)
            let diagnosis = try JSONCodec.decode(OperatorDiagnosis.self, from: Array(outcome.output.utf8))
            let wrong = diagnosis.findings.filter { $0.state == .fail }
            #expect(wrong.count == 1 && wrong.first?.group == .database, "\(wrong)")
            #expect(wrong.first?.remedy?.hasPrefix("Correct user and password in database.url") == true)
            let ledger = diagnosis.findings.first { $0.name == "ledger" }
            #expect(ledger?.state == .skipped && ledger?.detail == "PostgreSQL does not answer.")
        }

        @Test func onlyTheProxyHasConnectionsOutside() async throws {
            let installation = try await PrivateInstallation.demonstration()
            let outcome = try await installation.scorable("doctor", "--egress", "--json")
            let diagnosis = try JSONCodec.decode(OperatorDiagnosis.self, from: Array(outcome.output.utf8))
            #expect(diagnosis.worst < .fail, "\(diagnosis.findings)")
            for daemon in PrivateInstallation.daemons {
                #expect(diagnosis.findings.contains { $0.name.hasPrefix("scorable-\(daemon) (pid") }, "\(daemon)")
            }
        }

        @Test func everyProcessIsKnownWithItsSettings() async throws {
            let installation = try await PrivateInstallation.demonstration()
            let outcome = try await installation.scorable("config", "--diff", "--json")
            #expect(outcome.code == 0, "\(outcome.output)")
            let found = try JSONCodec.decode(OperatorInstances.self, from: Array(outcome.output.utf8))
            #expect(Set(found.results.map(\.instance.daemon)) == Set(PrivateInstallation.daemons))
            #expect(found.results.allSatisfy { $0.instance.condition?.memoryBytes ?? 0 > 1 << 20 })
            let tokens = found.results.flatMap(\.instance.settings).filter { $0.key == OperatorInstances.tokenKey }
            #expect(tokens.count == 4 && Set(tokens.map(\.digest)).count == 1)
            #expect(tokens.allSatisfy { $0.value == "‹redacted›" })
        }

        @Test func aBundleHoldsNoSecretAndListsWhatItHolds() async throws {
            let installation = try await PrivateInstallation.demonstration()
            let place = try TemporaryPlace()
            let path = "\(place.path)/bundle.tar.gz"
            let made = try await installation.scorable("support-bundle", "--out", path)
            #expect(made.code == 0, "\(made.output)")
            for part in [
                "doctor.json", "settings/apid.txt", "logs/workerd.log", "metrics/", "database.txt", "queues.txt",
            ] {
                #expect(made.output.contains(part), "\(part)")
            }
            let read = try await ChildProgram.run(["/bin/tar", "-xzOf", path])
            #expect(read.code == 0 && read.output.contains("scorable_build_info"))
            let secrets = "\(installation.place.state)/secrets"
            for name in try FileManager.default.contentsOfDirectory(atPath: secrets) {
                let text = try String(contentsOfFile: "\(secrets)/\(name)", encoding: .utf8)
                for line in text.split(separator: "\n") where !line.hasPrefix("-----") {
                    #expect(!read.output.contains(line), "\(name) is in the bundle")
                }
            }
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            #expect(attributes[.posixPermissions] as? Int == 0o600)
            let again = try await installation.scorable("support-bundle", "--out", path)
            #expect(again.code == 1 && again.output.contains("is there already"))
        }
    }
}
