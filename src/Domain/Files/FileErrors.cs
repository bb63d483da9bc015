namespace WalletFunctions.Domain.Files;

/// <summary>Refusals of uploads and of files.</summary>
public static class FileErrors
{
    /// <summary>There is none with this id, or it is somebody else's.</summary>
    public static DomainError NotFound { get; } = new("file_not_found", ErrorKind.NotFound, new("没有这个文件。", "There is no such file."));

    /// <summary>More than 10 MiB.</summary>
    public static DomainError TooLarge { get; } = new("file_too_large", ErrorKind.TooLarge, new("文件不能超过 10 MiB。", "A file may have at most 10 MiB."));

    /// <summary>Its bytes are none of the kinds that may be uploaded.</summary>
    public static DomainError TypeUnsupported { get; } = new(
        "file_type_unsupported",
        ErrorKind.Refused,
        new("不支持这种文件。", "Files of this kind are not taken."),
        new("仅支持 JPEG、PNG、WebP、PDF、MP4 和纯文本文件。", "JPEG, PNG, WebP, PDF, MP4 and plain text are taken."));

    /// <summary>The body is no form with a file in it.</summary>
    public static DomainError FormExpected { get; } = new(
        "multipart_expected",
        ErrorKind.Invalid,
        new("请以 multipart/form-data 上传，且只含一个 file 字段。", "Upload as multipart/form-data with one field, file."));
}
