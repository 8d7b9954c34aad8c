import ArgumentParser
import EventLoop
import FoundationEssentials
import Glibc
import Launcher
import SystemCalls
import WireAPI

/// Looking for what is wrong.
struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Looks at everything and says what to do about what is wrong.",
        discussion: """
            Settings, programs, this host, every daemon, PostgreSQL, Redis, object storage, background work, providers, \
            keys, the audit and backups are looked at, all at the same time and each for some seconds at most. Nothing is \
            changed, and no provider is called. It works when half of the installation is down.

            Ends with 0 when nothing is wrong, 1 when something will be (WARN), 2 when something is (FAIL).

            Examples:
              scorable doctor
              scorable doctor --json | jq '.findings[] | select(.state != "ok")'
              scorable doctor --egress
            """)
    @OptionGroup var options: StateOptions
    @Flag(help: "Print JSON.") var json = false
    @Flag(help: "Look only at who has connections outside: nobody but the LLM proxy may.") var egress = false

    func run() throws {
        let (installation, json, egress) = (try options.installation, json, egress)
        onLoop { loops in
            let diagnosis = await Doctor(installation, on: loops).diagnosis(ofEgress: egress)
            if json {
                say(diagnosis.json)
            } else if wantsColours(installation) {
                paint(diagnosis.text(colours: true))
            } else {
                say(diagnosis.text(colours: false))
            }
            throw ExitCode(diagnosis.exitCode)
        }
    }
}

struct SupportBundleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "support-bundle", abstract: "Packs what somebody needs who is to help, without any secret.",
        discussion: """
            Doctor's report, versions, settings (secrets masked), logs, metrics, sizes of tables and the queues are packed. \
            Secrets of the installation, what is called a secret, and what looks like a key, a token, an e-mail address or \
            the address of a computer are taken out; the file is read again and gone over before it is kept. Its contents \
            are listed: read them before you send it.

            Only its owner may read the file; folders above it that are missing are made, for their owner only.
            """)
    @OptionGroup var options: StateOptions
    @Option(help: "The file to write, or the folder to write it to (default: scorable-support-TIME.tar.gz here).")
    var out: String?

    func run() throws {
        let (installation, out) = (try options.installation, out)
        onLoop { loops in
            let usual = "scorable-support-\(Int(Date().timeIntervalSince1970)).tar.gz"
            let name = out ?? usual
            let whole = name.hasPrefix("/") ? name : "\(try Folders.current())/\(name)"
            let path = whole.hasSuffix("/") || Folders.isFolder(whole) ? "\(whole)/\(usual)" : whole
            say(try await SupportBundle(installation, on: loops).make(at: path))
        }
    }
}

/// Whether whoever reads the output sees colours and wants them.
private func wantsColours(_ installation: Installation) -> Bool {
    isatty(1) == 1 && installation.allowsColours
}
