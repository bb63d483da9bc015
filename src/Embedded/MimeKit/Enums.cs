namespace MimeKit;

/// <summary>Content-Transfer-Encoding of a part.</summary>
public enum ContentEncoding { Default, SevenBit, EightBit, Binary, Base64, QuotedPrintable, UUEncode }

/// <summary>What the transport can carry; <see cref="MimeMessage.Prepare"/> encodes accordingly.</summary>
public enum EncodingConstraint { None, EightBit, SevenBit }

public enum NewLineFormat : byte { Unix, Dos, Mixed }

public enum RfcComplianceMode { Looser = -1, Loose, Strict }
