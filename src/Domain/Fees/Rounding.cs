namespace WalletFunctions.Domain.Fees;

/// <summary>What becomes of the part of a fen that a rate leaves. In the order of what they cost.</summary>
public enum Rounding
{
    /// <summary>It is not charged.</summary>
    Down = 0,

    /// <summary>Half a fen and more is charged as a whole one, less is not charged.</summary>
    HalfUp = 1,

    /// <summary>Any part is charged as a whole fen.</summary>
    Up = 2,
}

/// <summary>Applies rates. No floating point: a rate is a whole number of millionths.</summary>
public static class Rates
{
    private const long Million = 1_000_000;

    /// <summary>An amount's share by a rate, in whole minor units.</summary>
    /// <param name="amount">Zero or more.</param>
    /// <param name="perMillion">Zero to a million.</param>
    /// <param name="rounding">Of what is left below one unit.</param>
    public static long Share(long amount, long perMillion, Rounding rounding)
    {
        // Whole millions first: their share is exact, and nothing overflows.
        var (millions, rest) = Math.DivRem(amount, Million);
        return (millions * perMillion) + (((rest * perMillion) + rounding switch
        {
            Rounding.Down => 0,
            Rounding.HalfUp => Million / 2,
            Rounding.Up => Million - 1,
        }) / Million);
    }
}
