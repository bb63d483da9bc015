using System.Collections.Frozen;
using WalletFunctions.Domain;

namespace WalletFunctions.Platform;

/// <summary>The ways in which one member of a request can be wrong.</summary>
internal static class FieldErrors
{
    public const string InvalidAmount = "invalid_amount";
    public const string InvalidField = "invalid_field";
    public const string Required = "required";
    public const string TooLong = "too_long";
    public const string UnknownField = "unknown_field";
    public const string ValidationFailed = "validation_failed";

    private static readonly FrozenDictionary<string, Text> Titles = new Dictionary<string, Text>(StringComparer.Ordinal)
    {
        [InvalidAmount] = new("金额无效。", "The amount is not valid."),
        [InvalidField] = new("请求中有无效的内容。", "A member of the request is not valid."),
        [Required] = new("请求缺少必填内容。", "A member of the request is missing."),
        [TooLong] = new("请求中有内容过长。", "A member of the request is too long."),
        [UnknownField] = new("请求中有未知的内容。", "The request has a member that is not known here."),
        [ValidationFailed] = new("请求内容有误。", "The request has several mistakes."),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Every code a field error can give its problem.</summary>
    public static IEnumerable<string> Codes => Titles.Keys;

    public static Text TitleOf(string code) => Titles.GetValueOrDefault(code, Titles[ValidationFailed]);

    public static FieldError Missing(string field) => new(field, Required, new($"缺少 {field}。", $"{field} is missing."));

    public static FieldError Unknown(string field) => new(field, UnknownField, new($"未知字段 {field}。", $"{field} is not known here."));

    public static FieldError Longer(string field, int max) => new(field, TooLong, new($"{field} 不得超过 {max} 个字符。", $"{field} may have at most {max} characters."));

    public static FieldError Invalid(string field, Text wanted) => new(field, InvalidField, new($"{field} 无效：{wanted.Zh}", $"{field} is not valid: {wanted.En}"));

    public static FieldError Amount(string field) => new(field, InvalidAmount,
        new("金额须为正整数（以分为单位），最多 12 位。", "An amount is a positive integer in minor units, at most 12 digits."));
}
