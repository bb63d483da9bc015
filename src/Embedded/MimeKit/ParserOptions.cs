using System.Text;

namespace MimeKit;

/// <summary>Limits and leniency of the parser. Only the loose modes are implemented: real mail needs them.</summary>
public class ParserOptions
{
    public static readonly ParserOptions Default = new();

    static ParserOptions() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    public bool AllowUnquotedCommasInAddresses { get; set; } = true;

    public bool AllowAddressesWithoutDomain { get; set; } = true;

    public int MaxAddressGroupDepth { get; set; } = 3;

    /// <summary>Multiparts and attached messages nested deeper than this stay opaque parts.</summary>
    public int MaxMimeDepth { get; set; } = 1024;

    public ParserOptions Clone() => (ParserOptions)MemberwiseClone();
}
