import Terminal
import WireAPI

/// The columns of the list of projects.
enum ProjectColumns {
    static let all: [Column<OperatorProject>] = [
        Column(
            "name", "NAME", .flexible(minimum: 16), precedes: ascending { $0.name.lowercased() },
            text: { project, _ in project.name }),
        Column(
            "evaluators", "EVALUATORS", .fixed(11), isNumber: true, rank: 3, precedes: ascending { $0.evaluatorCount },
            ink: { _, _ in .quiet }, text: { project, _ in Formats.count(project.evaluatorCount) }),
        Column(
            "judges", "JUDGES", .fixed(7), isNumber: true, rank: 4, precedes: ascending { $0.judgeCount },
            ink: { _, _ in .quiet }, text: { project, _ in Formats.count(project.judgeCount) }),
        Column(
            "executions", "EXECUTIONS 24 H", .fixed(16), isNumber: true, precedes: ascending { $0.executions },
            text: { project, _ in Formats.count(project.executions) }),
        Column(
            "failures", "FAIL", .fixed(6), isNumber: true, rank: 1, precedes: ascending { $0.failures },
            ink: { project, _ in ProjectColumns.failureInk(project) },
            text: { project, _ in ItemFigures.short(project.failures) }),
        Column(
            "mean", "MEAN", .fixed(5), isNumber: true, rank: 2, precedes: ascending { $0.meanScore },
            ink: { project, _ in project.meanScore.map(ScoreBar.ink) ?? .quiet },
            text: { project, _ in Formats.score(project.meanScore) }),
        Column(
            "cost", "COST 24 H", .fixed(10), isNumber: true, rank: 1, precedes: ascending { $0.costNanodollars },
            text: { project, _ in Formats.cost(nanodollars: project.costNanodollars) }),
        Column(
            "default", "DEFAULT", .fixed(7), rank: 6, ink: { _, _ in .quiet },
            text: { project, _ in project.isDefault ? "default" : "" }),
        Column(
            "owner", "OWNER", .fixed(20), rank: 5, precedes: ascending { $0.owner.fullName.lowercased() },
            ink: { _, _ in .quiet }, text: { project, _ in project.owner.fullName }),
        Column(
            "created", "CREATED", .fixed(10), rank: 7, precedes: ascending { $0.createdAt },
            ink: { _, _ in .quiet }, text: { project, _ in Formats.day(project.createdAt) }),
    ]

    static func failureInk(_ project: OperatorProject) -> Ink {
        guard project.failures > 0 else { return .quiet }
        let share = Double(project.failures) / Double(max(1, project.executions))
        return share >= ItemFigures.badFailureShare ? .bad : .caution
    }
}

/// What the filter of projects may ask for.
package enum ProjectQuery {
    package static let vocabulary = [
        QueryField("owner", .text, example: "owner:ada", "By a part of the owner's name or address"),
        QueryField("executions", .number, example: "executions>0", "By the executions of 24 hours"),
        QueryField("failures", .number, example: "failures>0", "By the executions of 24 hours that gave no score"),
        QueryField("mean", .number, example: "mean<0.5", "By the mean score of 24 hours, from 0 to 1"),
        QueryField("cost", .money, example: "cost>1", "By the cost of 24 hours in US dollars"),
    ]

    static func facts(of project: OperatorProject) -> Query.Facts {
        Query.Facts(
            words: [project.name, project.description],
            texts: { $0 == "owner" ? [project.owner.fullName, project.owner.email] : [] },
            number: { field in
                switch field {
                case "executions": Double(project.executions)
                case "failures": Double(project.failures)
                case "mean": project.meanScore
                case "cost": Double(project.costNanodollars)
                default: nil
                }
            })
    }
}

/// What the numbers of a project mean.
enum ProjectExplanation {
    static func of(_ project: OperatorProject) -> Explanation {
        let share = project.executions > 0 ? Double(project.failures) / Double(project.executions) * 100 : 0
        return Explanation(
            project.name,
            definition: project.isDefault
                ? "The default project: where things land that name none." : "A project of the organisation."
        )
        .adding("Items", "\(project.evaluatorCount) evaluators and \(project.judgeCount) judges are in it.")
        .adding(
            "Executions", "\(Formats.count(project.executions)); the parts of a judge's execution count with it as one."
        )
        .adding(
            "Fail",
            "\(Formats.count(project.failures)) gave no score, \(Formats.decimal(share, places: 1)) %; 5 % and more is red.",
            ProjectColumns.failureInk(project)
        )
        .adding(
            "Mean",
            project.meanScore.map { "\(Formats.score($0)): the mean of all scores, from 0 to 1." }
                ?? "Nothing was scored."
        )
        .adding("Cost", "\(Formats.exactCost(nanodollars: project.costNanodollars)) for the models' answers.")
        .window("The last 24 hours.")
        .source("Every recorded execution in the project.")
        .freshness("Read with the list; at most a minute late while something is executed.")
    }
}
