internal import CLinux
internal import EventLoop
internal import Glibc

/// A program that reads what strangers wrote: it gets bytes and gives bytes, and whatever it is talked into, it reaches no
/// network, starts no process, signals none, changes no file, and ends in time. It may read what its user may read.
package struct ConfinedProgram: Sendable {
    /// What a run may use.
    package struct Bounds: Sendable {
        /// Address space, in bytes.
        package var memory: Int
        package var processorTime: Duration
        /// From the start to the end, with how long its input takes to come.
        package var time: Duration
        /// How many bytes it may write.
        package var output: Int

        package init(memory: Int, processorTime: Duration, time: Duration, output: Int) {
            self.memory = memory
            self.processorTime = processorTime
            self.time = time
            self.output = output
        }
    }

    /// What came of a run.
    package struct Outcome: Sendable {
        /// Its exit code; 128 plus the signal that ended it.
        package let code: Int32
        package let output: [UInt8]
        /// The beginning of what it wrote to its standard error.
        package let complaints: String
    }

    /// Why a run was ended before its end.
    package enum Excess: Error, Sendable, Hashable {
        case time
        /// Not for what it did: its input had not come when its time was over.
        case lateInput
        case output
    }

    /// How much of its complaints is kept, in bytes.
    private static let longestComplaint = 16 << 10
    private let command: [String]
    private let bounds: Bounds

    /// `command` is the path of the program, then its arguments.
    package init(command: [String], bounds: Bounds) {
        self.command = command
        self.bounds = bounds
    }

    /// Runs the program on what `input` brings until it brings `nil`; what the program does not want to read is left. On a
    /// loop only. Cancelling ends the program, and the call returns when it is gone.
    /// - Throws: `SystemError` when it cannot be started; `Excess`; `CancellationError`; what `input` throws.
    package func run(_ input: () async throws -> [UInt8]?) async throws -> Outcome {
        guard let loop = Loop.current else { preconditionFailure("programs are run on a loop") }
        let deadline = Deadline.after(bounds.time)
        let run = try Run(command, bounds, on: loop)
        do {
            // Whoever has read enough ends the program, so that nobody goes on writing to it.
            async let output = run.ending { run in
                try await run.output.read(atMost: bounds.output, cutting: false, until: deadline)
            }
            async let complaints = run.errors.read(atMost: Self.longestComplaint, cutting: true, until: deadline)
            do {
                try await run.input.write(input, until: deadline)
                guard !deadline.hasPassed else { throw Excess.lateInput }
                let (bytes, words) = try await (output, complaints)
                let code = try await run.end(until: deadline)
                return Outcome(code: code, output: bytes, complaints: String(decoding: words, as: UTF8.self))
            } catch {
                // Before the readers are awaited, which wait for its end.
                run.kill()
                throw error
            }
        } catch {
            await run.abandon()
            throw error
        }
    }

    /// A started program with our ends of its three connections. All on its loop.
    private struct Run: Sendable {
        let pid: Int32
        let loop: Loop
        let input: ProgramStream
        let output: ProgramStream
        let errors: ProgramStream

        init(_ command: [String], _ bounds: Bounds, on loop: Loop) throws(SystemError) {
            self.loop = loop
            let (input, theirInput) = try ProgramStream.pair(on: loop)
            let (output, theirOutput) = try ProgramStream.pair(on: loop)
            let (errors, theirErrors) = try ProgramStream.pair(on: loop)
            (self.input, self.output, self.errors) = (input, output, errors)
            var start = ChildProcess.Start(command: command, environment: ["LC_ALL": "C.UTF-8"])
            start.ownSession = true
            // They are closed when they are let go of, which must not be before the program has them.
            pid = try withExtendedLifetime((theirInput, theirOutput, theirErrors)) { () throws(SystemError) in
                try start.begin(
                    input: theirInput.fd, output: theirOutput.fd, error: theirErrors.fd,
                    confinement: cl_confinement(
                        memory: UInt64(bounds.memory), seconds: UInt32(bounds.processorTime.components.seconds)))
            }
        }

        /// What `body` gives; the program is ended when it fails.
        func ending<Value>(_ body: (Run) async throws -> Value) async throws -> Value {
            do {
                return try await body(self)
            } catch {
                kill()
                throw error
            }
        }

        func kill() { _ = Glibc.kill(pid, SIGKILL) }

        /// The exit code, after the program has closed its output.
        func end(until deadline: Deadline) async throws -> Int32 {
            var code: Int32 = 0
            while true {
                let taken = unsafe cl_take_child(pid, &code)
                // Without its exit code nobody knows whether it has done its work.
                guard taken >= 0 else { throw SystemError.last("wait for a program") }
                guard taken == 0 else { return code }
                guard !deadline.hasPassed else { throw Excess.time }
                try await loop.sleep(for: .milliseconds(1))
            }
        }

        /// Ends the program and waits until it is gone, also when our task is cancelled: nobody else would take its end.
        func abandon() async {
            kill()
            let (pid, loop) = (pid, loop)
            // Unstructured, so that the cancellation does not reach it; awaited here.
            await loop.spawn {
                var code: Int32 = 0
                while unsafe cl_take_child(pid, &code) == 0 {
                    do { try await loop.sleep(for: .milliseconds(1)) } catch { return }
                }
            }.value
        }
    }
}
