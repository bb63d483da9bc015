namespace WalletFunctions.Domain;

/// <summary>A sentence for people, in the product's two languages.</summary>
/// <param name="Zh">Simplified Chinese (zh-CN), the first language.</param>
/// <param name="En">English.</param>
/// <remarks><c>default</c> holds nulls and must not be shown; it marks a text that was never given.</remarks>
public readonly record struct Text(string Zh, string En)
{
    /// <summary>The sentence in the language asked for.</summary>
    public string In(Language language) => language switch
    {
        Language.Zh => Zh,
        Language.En => En,
    };
}

/// <summary>The languages the product speaks. <c>default</c> is Chinese, its first market's.</summary>
public enum Language
{
    /// <summary>Simplified Chinese (zh-CN).</summary>
    Zh = 0,

    /// <summary>English (en).</summary>
    En = 1,
}
