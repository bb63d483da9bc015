using WalletFunctions.Domain;

namespace WalletFunctions.Files;

/// <summary>A file that somebody uploaded.</summary>
/// <param name="Owner">Whose it is.</param>
/// <param name="Name">As it was called, made harmless.</param>
/// <param name="MediaType">What its bytes are, whatever the uploader said.</param>
/// <param name="Bytes">How many.</param>
/// <param name="AttachedTo">The refund, conversation or other thing it belongs to; null while it belongs to nothing.</param>
internal sealed record StoredFile(FileId Id, AccountId Owner, string Name, string MediaType, long Bytes, string? AttachedTo, DateTimeOffset UploadedAt);
