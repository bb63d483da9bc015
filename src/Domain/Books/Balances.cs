using System.Runtime.InteropServices;

namespace WalletFunctions.Domain.Books;

/// <summary>The balances of a book's accounts, in minor units. <c>default</c> is a true zero: a book just opened.</summary>
/// <param name="Available">See <see cref="BookAccount.Available"/>.</param>
/// <param name="Held">See <see cref="BookAccount.Held"/>.</param>
/// <param name="TopUpClearing">See <see cref="BookAccount.TopUpClearing"/>.</param>
/// <param name="PayoutClearing">See <see cref="BookAccount.PayoutClearing"/>.</param>
/// <param name="Fees">See <see cref="BookAccount.Fees"/>.</param>
/// <param name="InTransit">See <see cref="BookAccount.InTransit"/>.</param>
/// <param name="Suspense">See <see cref="BookAccount.Suspense"/>.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Balances(
    long Available,
    long Held,
    long TopUpClearing,
    long PayoutClearing,
    long Fees,
    long InTransit,
    long Suspense)
{
    /// <summary>Always zero; anything else is a bug or a forged row.</summary>
    public long Sum => Available + Held + TopUpClearing + PayoutClearing + Fees + InTransit + Suspense;

    /// <summary>The balance of one account.</summary>
    public long this[BookAccount account] => account switch
    {
        BookAccount.Available => Available,
        BookAccount.Held => Held,
        BookAccount.TopUpClearing => TopUpClearing,
        BookAccount.PayoutClearing => PayoutClearing,
        BookAccount.Fees => Fees,
        BookAccount.InTransit => InTransit,
        BookAccount.Suspense => Suspense,
    };

    /// <summary>The balances after a posting. Overflow throws.</summary>
    public Balances After(Posting posting) => Add(posting.From, -posting.Amount).Add(posting.To, posting.Amount);

    /// <summary>The balances after several postings.</summary>
    public Balances After(IReadOnlyList<Posting> postings)
    {
        var balances = this;
        for (var i = 0; i < postings.Count; i++)
        {
            balances = balances.After(postings[i]);
        }

        return balances;
    }

    /// <summary>The balances before several postings: undoes <see cref="After(IReadOnlyList{Posting})"/>.</summary>
    public Balances Before(IReadOnlyList<Posting> postings)
    {
        var balances = this;
        for (var i = 0; i < postings.Count; i++)
        {
            balances = balances.Add(postings[i].From, postings[i].Amount).Add(postings[i].To, -postings[i].Amount);
        }

        return balances;
    }

    private Balances Add(BookAccount account, long amount) => account switch
    {
        BookAccount.Available => this with { Available = Available + amount },
        BookAccount.Held => this with { Held = Held + amount },
        BookAccount.TopUpClearing => this with { TopUpClearing = TopUpClearing + amount },
        BookAccount.PayoutClearing => this with { PayoutClearing = PayoutClearing + amount },
        BookAccount.Fees => this with { Fees = Fees + amount },
        BookAccount.InTransit => this with { InTransit = InTransit + amount },
        BookAccount.Suspense => this with { Suspense = Suspense + amount },
    };
}
