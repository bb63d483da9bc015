using WalletFunctions.Domain;

namespace WalletFunctions.Wallet.Statements;

/// <summary>Refusals of statements.</summary>
internal static class StatementErrors
{
    public static DomainError NotAvailable { get; } = new("statement_not_available", ErrorKind.NotFound,
        new("该月份尚未开始，还没有对账单。", "That month has not begun, so there is no statement of it."));
}
