using System.Diagnostics.CodeAnalysis;

namespace WalletFunctions.Domain.Collections;

/// <summary>What people type or scan to pay a collection: 10 characters of Crockford's base 32, 50 bits of chance.</summary>
/// <param name="Value">Upper case, without I, L, O and U.</param>
/// <remarks><c>default</c> holds null and stands for no code; parsing never yields it.</remarks>
public readonly record struct CollectionCode(string Value)
{
    /// <summary>The bytes of chance that a code is made from.</summary>
    public const int RandomBytes = 7;

    private const int Characters = 10;
    private const int MaxTyped = 24;
    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    /// <summary>Makes a code from chance.</summary>
    /// <param name="random">At least <see cref="RandomBytes"/> bytes; more are ignored.</param>
    public static CollectionCode New(ReadOnlySpan<byte> random)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(random.Length, RandomBytes, nameof(random));
        var bits = 0L;
        for (var i = 0; i < RandomBytes; i++)
        {
            bits = (bits << 8) | random[i];
        }

        Span<char> text = stackalloc char[Characters];
        for (var i = 0; i < Characters; i++)
        {
            text[i] = Alphabet[(int)((bits >> (5 * i)) & 31)];
        }

        return new CollectionCode(new string(text));
    }

    /// <summary>Reads a code as people type it: case, spaces and hyphens do not matter; O is read as 0, I and L as 1.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out CollectionCode code)
    {
        code = default;
        if (text is null || text.Length > MaxTyped)
        {
            return false;
        }

        var typed = new string([.. text.Where(c => c is not (' ' or '-')).Select(Read)]);
        if (typed.Length != Characters || !typed.All(c => Alphabet.Contains(c, StringComparison.Ordinal)))
        {
            return false;
        }

        code = new CollectionCode(typed);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => Value;

    private static char Read(char c) => char.ToUpperInvariant(c) switch
    {
        'O' => '0',
        'I' or 'L' => '1',
        var upper => upper,
    };
}
