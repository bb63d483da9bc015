namespace WalletFunctions.Domain.Identity;

/// <summary>Compares and masks people's names.</summary>
public static class PersonName
{
    /// <summary>
    /// Whether two spellings name the same person: spaces and the middle dots that banks and registers write differently
    /// do not matter, nor does the case of Latin letters.
    /// </summary>
    public static bool Same(string left, string right) => string.Equals(Canonical(left), Canonical(right), StringComparison.OrdinalIgnoreCase);

    /// <summary>Enough to recognise somebody known, not enough to learn a name: <c>*三</c>, <c>*小明</c>, <c>J*** S***</c>.</summary>
    public static string Mask(string name)
    {
        var trimmed = name.Trim();
        if (trimmed.Length == 0)
        {
            return "*";
        }

        if (trimmed.Any(char.IsAsciiLetter))
        {
            return string.Join(' ', trimmed.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(part => FirstOf(part) + "***"));
        }

        // The surname is hidden: it is what a Chinese name is looked up by.
        return trimmed.Length == 1 ? "*" : "*" + trimmed[FirstOf(trimmed).Length..];
    }

    private static string FirstOf(string text) => char.IsHighSurrogate(text[0]) && text.Length > 1 ? text[..2] : text[..1];

    private static string Canonical(string name) => new([.. name.Where(c => !char.IsWhiteSpace(c) && c is not ('·' or '•' or '・' or '．' or '.'))]);
}
