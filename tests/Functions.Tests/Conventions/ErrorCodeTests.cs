using System.Reflection;
using Shouldly;
using WalletFunctions;
using WalletFunctions.Domain;
using WalletFunctions.Platform;
using WalletFunctions.Platform.OpenApi;
using Xunit;

namespace Functions.Tests.Conventions;

/// <summary>docs/errors.md and the code say the same, both ways.</summary>
public sealed class ErrorCodeTests
{
    [Fact]
    public void Every_code_is_documented_with_its_status()
    {
        foreach (var error in Refusals())
        {
            ErrorCatalog.All.ShouldContainKey(error.Code, $"{error.Code} has no row in docs/errors.md");
            var status = error == PlatformErrors.Internal ? 500 : ErrorStatus.Of(error.Kind);
            ErrorCatalog.All[error.Code].Status.ShouldBe(status, error.Code);
        }
    }

    [Fact]
    public void Every_documented_code_exists() =>
        ErrorCatalog.All.Keys.Except(Refusals().Select(error => error.Code), StringComparer.Ordinal).ShouldBeEmpty();

    [Fact]
    public void The_table_is_alphabetical_and_names_each_code_once()
    {
        var codes = File.ReadLines(Path.Combine(Repository.Root, "docs", "errors.md")).Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(line => line.Split('`')[1]).ToList();
        codes.ShouldBe(codes.Order(StringComparer.Ordinal).Distinct(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_refusal_speaks_both_languages()
    {
        foreach (var error in Refusals())
        {
            foreach (var text in new[] { error.Title, error.Detail }.Concat(error.Fields.Select(field => field.Detail)))
            {
                text.Zh.ShouldNotBeNullOrWhiteSpace(error.Code);
                text.En.ShouldNotBeNullOrWhiteSpace(error.Code);
                text.En.ShouldAllBe(c => c < 0x3000, $"{error.Code}: the English sentence has Chinese in it");
            }
        }
    }

    [Fact]
    public void Codes_are_snake_case() => Refusals().ShouldAllBe(error => error.Code.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_'));

    /// <summary>Every refusal of both assemblies: static members of the classes called …Errors. Factories are called with stand-ins.</summary>
    private static List<DomainError> Refusals()
    {
        var found = new List<DomainError>();
        foreach (var type in new[] { typeof(DomainError).Assembly, typeof(WalletApp).Assembly }.SelectMany(assembly => assembly.GetTypes()).Where(type => type.Name.EndsWith("Errors", StringComparison.Ordinal)))
        {
            const BindingFlags Statics = BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
            found.AddRange(type.GetProperties(Statics).Where(property => property.PropertyType == typeof(DomainError)).Select(property => (DomainError)property.GetValue(null)!));
            found.AddRange(type.GetMethods(Statics).Where(method => method.ReturnType == typeof(DomainError) && !method.IsSpecialName && method.Name != nameof(PlatformErrors.Validation) && !IsLookup(method))
                .Select(method => (DomainError?)method.Invoke(null, [.. method.GetParameters().Select(parameter => StandIn(parameter.ParameterType))])).OfType<DomainError>());
        }

        // One factory makes the problem of whatever is wrong with a request.
        found.AddRange(FieldErrors.Codes.Select(code => code == FieldErrors.ValidationFailed
            ? PlatformErrors.Validation([FieldErrors.Missing("a"), FieldErrors.Longer("b", 1)])
            : PlatformErrors.Validation([new FieldError("a", code, new("一", "one"))])));
        found.Count.ShouldBeGreaterThan(20);
        return found;
    }

    /// <summary>Gives a stored code its refusal back, and so makes none of its own.</summary>
    private static bool IsLookup(MethodInfo method) => method.GetParameters() is [{ Name: "code" }];

    private static object? StandIn(Type type) => type switch
    {
        _ when type == typeof(string) => "x",
        _ when type == typeof(Money) => Money.Fen(1),
        _ when type == typeof(Currency) => Currency.Cny,
        _ when type == typeof(Text) => new Text("一", "one"),
        _ when type.IsValueType => Activator.CreateInstance(type),
        _ when type.IsAssignableTo(typeof(System.Collections.IEnumerable)) => Array.CreateInstance(type.IsGenericType ? type.GenericTypeArguments[0] : typeof(string), 0),
        _ => null,
    };
}
