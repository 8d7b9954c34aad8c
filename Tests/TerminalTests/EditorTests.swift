import Glibc
import Terminal
import Testing

extension ProcessTests {
    /// The user's editor on the terminal of a real process.
    @Suite(.serialized) struct EditorTests {
        private func probe(_ editor: String?, _ folder: TestFolder) throws -> ProbeProcess {
            try ProbeProcess(environment: ["EDITOR": editor, "VISUAL": nil, "TMPDIR": folder.path])
        }

        /// The drafts that are left in a folder.
        private func drafts(_ folder: TestFolder) throws -> [String] {
            try folder.names.filter { $0.hasPrefix("scorable-") }
        }

        @Test func theTextComesBackAndItsFileIsPrivateAndGone() throws {
            let folder = try TestFolder()
            let editor = try folder.script(
                "my editor",
                """
                stat -c %a "$2" "$(dirname "$2")" > "\(folder.path)/modes"; basename "$2" > "\(folder.path)/name"
                echo "$#" > "\(folder.path)/count"; tty > "\(folder.path)/tty"; stty -a > "\(folder.path)/stty"
                echo third >> "$2"; touch "$2~"
                """)
            let probe = try probe("\(editor) --wait", folder)
            #expect(probe.terminal.shows("size 80x24"))
            probe.terminal.type("e")
            #expect(probe.terminal.shows("edited first|second|third"))
            #expect(folder.contents(of: "modes") == "600\n700\n")
            #expect(folder.contents(of: "name") == "a-b-draft.yaml\n")
            #expect(folder.contents(of: "count") == "2\n")
            #expect(folder.contents(of: "tty") == probe.terminal.path + "\n")
            #expect(folder.contents(of: "stty").contains(" icanon") && folder.contents(of: "stty").contains(" echo "))
            #expect(try drafts(folder).isEmpty)
            #expect(probe.terminal.emulator.isAlternate && !probe.terminal.isCooked)
            probe.terminal.type("q")
            #expect(probe.end() == 7)
            probe.expectRestored("after editing")
        }

        @Test(arguments: [
            ("sh -c 'exit 3'", "ended with status 3"), ("no-such-editor", "No editor was found"),
            ("kill -TERM $$; true", "ended by signal 15"), ("rm", "its file cannot be opened"),
            ("printf '\\377' >", "it is not UTF-8"), ("truncate -s 5M", "longer than 4 MB"),
            ("ln -sf /etc/passwd", "its file cannot be opened"),
        ])
        func whatGoesWrongIsSaid(_ editor: String, _ message: String) throws {
            let folder = try TestFolder()
            let probe = try probe(editor, folder)
            #expect(probe.terminal.shows("size 80x24"))
            probe.terminal.type("e")
            #expect(probe.terminal.shows("not edited: ") && probe.terminal.shows(message))
            #expect(try drafts(folder).isEmpty)
            probe.terminal.type("q")
            #expect(probe.end() == 7)
            probe.expectRestored(Comment(rawValue: editor))
        }

        @Test func withoutAPlaceForTheFileNothingIsStarted() throws {
            let probe = try ProbeProcess(environment: ["EDITOR": "true", "TMPDIR": "/dev/null/nowhere"])
            #expect(probe.terminal.shows("size 80x24"))
            probe.terminal.type("e")
            #expect(probe.terminal.shows("not edited: The text cannot be given to an editor"))
        }

        @Test func whatInterruptsTheEditorDoesNotInterruptUs() throws {
            let folder = try TestFolder()
            let probe = try probe("echo waiting; exec sleep 60 #", folder)
            #expect(probe.terminal.shows("size 80x24"))
            probe.terminal.type("e")
            #expect(probe.terminal.shows("waiting"))
            probe.terminal.type("\u{03}")
            #expect(probe.terminal.shows("not edited: The editor was ended by signal 2"))
            #expect(try drafts(folder).isEmpty)
        }

        @Test(arguments: [(SIGTERM, 143), (SIGHUP, 129), (SIGINT, 130)] as [(Int32, Int32)])
        func aSignalToUsEndsTheEditorAndRemovesTheFile(_ signal: Int32, _ status: Int32) throws {
            let folder = try TestFolder()
            // One that does not want to end has its user's patience, and no more.
            let probe = try probe("trap '' HUP; stty raw; echo waiting; while true; do sleep 1; done #", folder)
            #expect(probe.terminal.shows("size 80x24"))
            probe.terminal.type("e")
            #expect(probe.terminal.shows("waiting"))
            #expect(try drafts(folder).count == 1)
            probe.signal(signal)
            #expect(probe.end() == status)
            #expect(try drafts(folder).isEmpty)
            probe.expectRestored("signal \(signal)")
        }

        @Test func aFaultOfOursEndsTheEditorAndRemovesTheFile() throws {
            let folder = try TestFolder()
            let probe = try probe("stty raw; echo waiting; exec sleep 60 #", folder)
            #expect(probe.terminal.shows("size 80x24"))
            probe.terminal.type("e")
            #expect(probe.terminal.shows("waiting"))
            probe.signal(SIGSEGV)
            #expect(probe.end() == -SIGSEGV)
            #expect(try drafts(folder).isEmpty)
            probe.expectRestored("fault")
        }

        @Test func aTerminalThatGoesAwayEndsBoth() throws {
            let folder = try TestFolder()
            let probe = try probe("echo waiting; exec sleep 60 #", folder)
            #expect(probe.terminal.shows("size 80x24"))
            probe.terminal.type("e")
            #expect(probe.terminal.shows("waiting"))
            probe.terminal.hangUp()
            #expect(probe.end() == 129)
            #expect(try drafts(folder).isEmpty)
        }

        @Test func aSizeThatChangedMeanwhileIsSeen() throws {
            let folder = try TestFolder()
            let probe = try probe("echo waiting; read line #", folder)
            #expect(probe.terminal.shows("size 80x24"))
            probe.terminal.type("e")
            #expect(probe.terminal.shows("waiting"))
            probe.terminal.resize(Size(columns: 60, rows: 20))
            probe.terminal.type("\r")
            #expect(probe.terminal.shows("edited first|second") && probe.terminal.shows("size 60x20"))
        }

        @Test func stoppingTheEditorGoesBackToTheShellAndForth() throws {
            let folder = try TestFolder()
            let editor = try folder.script(
                "stopping", "kill -TSTP 0; echo continued; read line; echo \"$line\" >> \"$1\"")
            let shell = try ProbeProcess(
                ["--norc", "--noprofile", "-i"], program: "/bin/bash",
                environment: ["EDITOR": editor, "TMPDIR": folder.path, "PS1": "shell> "])
            #expect(shell.terminal.shows("shell>"))
            shell.terminal.type("'\(ProbeProcess.path)'\r")
            #expect(shell.terminal.shows("size 80x24"))
            shell.terminal.type("e")
            #expect(shell.terminal.shows("Stopped"))
            shell.terminal.type("echo in the shell\r")
            #expect(shell.terminal.shows("in the shell"))
            shell.terminal.type("fg\r")
            #expect(shell.terminal.shows("continued"))
            shell.terminal.type("typed\r")
            #expect(shell.terminal.shows("edited first|second|typed"))
            shell.terminal.type("q")
            #expect(shell.terminal.shows("ended: quit(7)"))
            #expect(try drafts(folder).isEmpty)
        }
    }
}
