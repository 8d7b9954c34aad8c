internal import Scoring
internal import Spending

/// From which budgets the calls of a payer are paid on one day, and what they have cost. Found once for all of them:
/// whose calls a budget covers and which period of it runs changes rarely.
///
/// A class, so that what a call changes is changed in place; it never leaves its ``BudgetState``.
final class PayerAccount {
    let payer: Payer
    let organization: OrganizationBudgets
    /// On which day its calls are booked.
    let day: UTCDay
    let budgets: [BudgetAccount]
    /// What has been spent that no report tells yet.
    var unreported = SpendingSum()

    fileprivate let number: Int
    private let edition: Int
    /// How many calls have money from here that is not settled.
    fileprivate var running = 0
    fileprivate var isReplaced = false

    fileprivate init(_ payer: Payer, of organization: OrganizationBudgets, on day: UTCDay, number: Int) {
        self.payer = payer
        self.organization = organization
        self.day = day
        self.number = number
        budgets = organization.accounts.filter { $0.budget.scope.covers(payer) }
        edition = organization.edition
    }

    /// Whether its budgets are those of the organisation as it is known now.
    var isCurrent: Bool { edition == organization.edition }
}

/// The accounts of those who pay for calls.
///
/// A call that runs has the number of its payer's account, which no other one has until the call is settled: it settles
/// without looking for anything, and no reference leaves the lock.
struct PayerTable {
    private var accounts: [Payer: PayerAccount] = [:]
    private var numbered: [PayerAccount?] = []
    private var free: [Int] = []

    /// The account that was opened last.
    subscript(payer: Payer) -> PayerAccount? { accounts[payer] }

    /// Opens the account of a payer for a day, in place of the one it had.
    mutating func open(_ payer: Payer, of organization: OrganizationBudgets, on day: UTCDay) -> PayerAccount {
        let number = free.popLast() ?? numbered.count
        let account = PayerAccount(payer, of: organization, on: day, number: number)
        if number == numbered.count { numbered.append(account) } else { numbered[number] = account }
        if let old = accounts.updateValue(account, forKey: payer) { replace(old) }
        return account
    }

    /// A call begins. Returns the number by which it is ended, once.
    func begin(_ account: PayerAccount) -> Int {
        account.running += 1
        return account.number
    }

    /// A call ends. Returns the account that it is paid from.
    mutating func end(_ number: Int) -> PayerAccount {
        guard let account = numbered[number] else { preconditionFailure("a call is settled once") }
        account.running -= 1
        vacate(account)
        return account
    }

    /// Forgets all that no call has used of late.
    mutating func forget(where isOver: (PayerAccount) -> Bool) {
        for account in accounts.values.filter(isOver) {
            accounts[account.payer] = nil
            replace(account)
        }
    }

    private mutating func replace(_ account: PayerAccount) {
        account.isReplaced = true
        vacate(account)
    }

    private mutating func vacate(_ account: PayerAccount) {
        guard account.isReplaced, account.running == 0 else { return }
        numbered[account.number] = nil
        free.append(account.number)
    }
}
