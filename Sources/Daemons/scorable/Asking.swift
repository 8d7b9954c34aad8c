import ArgumentParser
import Glibc
import Launcher

/// Says what would happen, and lets a word be typed before it does. A script says `--yes`; where nobody is there to answer,
/// nothing is done.
enum Asking {
    static func confirm(_ plan: Consequence) throws {
        try confirm(plan.effect, typing: plan.confirmation)
    }

    /// - Throws: `WrongInput` when there is no answer; `ExitCode` 1 for another one.
    static func confirm(_ effect: String, typing word: String) throws {
        let question = "\(effect)\nType \(word) to go on: "
        let isTerminal = isatty(0) == 1
        if isTerminal { say(question, to: 2) }
        guard let answer = readLine() else {
            throw WrongInput("This asks first, and nobody is there to answer. To do it without being asked: --yes")
        }
        if !isTerminal { say(question, to: 2) }
        guard answer == word else {
            say("Nothing was done.\n", to: 2)
            throw ExitCode(1)
        }
    }
}

/// Whether somebody is asked.
struct Confirmed: ParsableArguments {
    @Flag(help: "Do not ask.") var yes = false
}

/// Where a list goes on that was cut.
struct Continuing: ParsableArguments {
    @Option(help: "Where to go on, as the list before said.") var cursor: String?

    func validate() throws {
        guard cursor == nil || place != nil else { throw ValidationError("--cursor is what a list printed as such.") }
    }

    var place: ListPlace? { cursor.flatMap { ListPlace($0) } }
}
