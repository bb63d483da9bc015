namespace WalletFunctions.Domain.Rules;

/// <summary>What a customer does with money, as fees, limits and risk tell operations apart. The numbers are stored.</summary>
public enum OperationKind
{
    /// <summary>Money in from a bank card; the sandbox's channel is outside the rules.</summary>
    TopUp = 0,

    /// <summary>Money to another person.</summary>
    Transfer = 1,

    /// <summary>Money to a person who asked for it.</summary>
    Collection = 2,

    /// <summary>Money to a merchant.</summary>
    Payment = 3,

    /// <summary>A bill of a utility or another biller.</summary>
    Bill = 4,

    /// <summary>Money to one's own bank card.</summary>
    Withdrawal = 5,
}

/// <summary>Names of operations on the wire.</summary>
public static class OperationKinds
{
    /// <summary>All of them, by number.</summary>
    public static IReadOnlyList<OperationKind> All { get; } = Enum.GetValues<OperationKind>();

    /// <summary>In lower case, as answers and settings have it: <c>topup</c>.</summary>
    public static string Name(this OperationKind operation) => operation switch
    {
        OperationKind.TopUp => "topup",
        OperationKind.Transfer => "transfer",
        OperationKind.Collection => "collection",
        OperationKind.Payment => "payment",
        OperationKind.Bill => "bill",
        OperationKind.Withdrawal => "withdrawal",
    };

    /// <summary>The operation with a name; null where there is none.</summary>
    public static OperationKind? Find(string name)
    {
        foreach (var operation in All)
        {
            if (operation.Name() == name)
            {
                return operation;
            }
        }

        return null;
    }
}
