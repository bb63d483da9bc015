using WalletFunctions.Domain.Identity;

namespace WalletFunctions.Domain.Books;

/// <content>What changes a book without moving money.</content>
public abstract partial record BookMove
{
    /// <summary>Freezes the book: nothing leaves while anybody holds it frozen.</summary>
    /// <param name="Source">Who.</param>
    public sealed record Freeze(FreezeSource Source) : BookMove
    {
        internal override Result<Decision> Decide(BookHead head, Step step) => new Decision(head with { Freezes = head.Freezes | FlagOf(Source) }, null);
    }

    /// <summary>Ends one source's freeze; another's stays.</summary>
    /// <param name="Source">Whose.</param>
    public sealed record Unfreeze(FreezeSource Source) : BookMove
    {
        internal override Result<Decision> Decide(BookHead head, Step step) => new Decision(head with { Freezes = head.Freezes & ~FlagOf(Source) }, null);
    }

    /// <summary>Puts the owner's account into a class: what is decided after it, on whichever host, is decided by that class.</summary>
    /// <param name="Class">The new one.</param>
    public sealed record SetClass(AccountClass Class) : BookMove
    {
        internal override Result<Decision> Decide(BookHead head, Step step) => new Decision(head with { Class = Class }, null);
    }

    /// <summary>Closes the book for good.</summary>
    public sealed record Close : BookMove
    {
        internal override Result<Decision> Decide(BookHead head, Step step) => new Decision(head with { IsClosed = true }, null);
    }

    private static Freezes FlagOf(FreezeSource source) => source switch
    {
        FreezeSource.Customer => Freezes.ByCustomer,
        FreezeSource.Rule => Freezes.ByRule,
        FreezeSource.Staff => Freezes.ByStaff,
    };
}
