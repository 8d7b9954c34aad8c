import Glibc
import Terminal
import Testing

extension ProcessTests {
    /// What a process on a terminal does when it is told to end, to stop or to go on.
    @Suite(.serialized) struct ProcessSignalTests {
        @Test(arguments: [(SIGTERM, 143), (SIGINT, 130), (SIGQUIT, 131), (SIGHUP, 129)] as [(Int32, Int32)])
        func aSignalGivesTheTerminalBack(_ signal: Int32, _ status: Int32) throws {
            let probe = try ProbeProcess()
            #expect(probe.terminal.shows("size 80x24"))
            probe.terminal.type("m")
            #expect(probe.terminal.pump { probe.terminal.emulator.isMouseTold })
            probe.signal(signal)
            #expect(probe.end() == status)
            probe.expectRestored("signal \(signal)")
        }

        @Test(arguments: [SIGSEGV, SIGABRT, SIGILL, SIGBUS])
        func aFaultGivesTheTerminalBackAndSaysSo(_ signal: Int32) throws {
            let probe = try ProbeProcess()
            #expect(probe.terminal.shows("size 80x24"))
            probe.terminal.type("m")
            #expect(probe.terminal.pump { probe.terminal.emulator.isMouseTold })
            probe.signal(signal)
            #expect(probe.end() == -signal)
            probe.expectRestored("fault \(signal)")
            #expect(probe.terminal.emulator.text.contains { $0.contains("stopped by a fault of its own") })
        }

        @Test func aTrapOfTheLanguageGivesTheTerminalBack() throws {
            let probe = try ProbeProcess()
            #expect(probe.terminal.shows("size 80x24"))
            probe.terminal.type("X")
            let ending = try #require(probe.end())
            #expect([-SIGILL, -SIGTRAP].contains(ending))
            probe.expectRestored("trap")
        }

        @Test func hangingUpEndsTheProcess() throws {
            let probe = try ProbeProcess(["--rate", "100"])
            #expect(probe.terminal.shows("event"))
            probe.terminal.hangUp()
            #expect(probe.end(within: .seconds(2)) == 129)
        }

        @Test func theSuspendKeyGoesToTheShellAndBack() throws {
            let shell = try ProbeProcess(
                ["--norc", "--noprofile", "-i"], program: "/bin/bash", environment: ["PS1": "shell> "])
            #expect(shell.terminal.shows("shell>"))
            shell.terminal.type("'\(ProbeProcess.path)'\r")
            #expect(shell.terminal.shows("size 80x24"))
            shell.terminal.type("m")
            #expect(shell.terminal.pump { shell.terminal.emulator.isMouseTold })
            shell.terminal.type("\u{1A}")
            #expect(shell.terminal.shows("Stopped"))
            // The shell has modes of its own for its line.
            shell.expectScreenRestored("suspended", modes: [1004, 1000])
            shell.terminal.type("fg\r")
            #expect(shell.terminal.shows("resumed"))
            #expect(shell.terminal.emulator.isAlternate && shell.terminal.emulator.isMouseTold)
            shell.terminal.type("q")
            #expect(shell.terminal.shows("ended: quit(7)"))
        }

        @Test func withoutAShellTheProgramSaysThatItCannotStop() throws {
            let probe = try ProbeProcess()
            #expect(probe.terminal.shows("size 80x24"))
            probe.terminal.type("\u{1A}")
            #expect(probe.terminal.shows("cannot suspend"))
        }

        @Test func aNewSizeIsDrawnAtOnce() throws {
            let probe = try ProbeProcess()
            for (columns, rows) in [(120, 40), (1, 1), (200, 60), (20, 5), (80, 24)] {
                probe.terminal.resize(Size(columns: columns, rows: rows))
                if columns > 1 { #expect(probe.terminal.shows("size \(columns)x\(rows)")) }
            }
        }
    }
}
