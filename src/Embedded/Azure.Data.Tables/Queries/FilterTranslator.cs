using System.Linq.Expressions;
using System.Reflection;
using System.Runtime.Serialization;
using System.Xml;

namespace Azure.Data.Tables.Queries;

/// <summary>
/// Translates the expressions that the filter language has: comparisons of a column with a value, and, or, not, and of strings
/// Equals, Compare and CompareTo. Everything else throws; nothing is run on the client.
/// </summary>
internal static class FilterTranslator
{
    public static string Translate<T>(Expression<Func<T, bool>> filter)
    {
        ArgumentNullException.ThrowIfNull(filter);
        return filter.Body is ConstantExpression { Value: true } ? null : Condition(filter.Body);
    }

    private static string Condition(Expression expression)
    {
        switch (expression)
        {
            case BinaryExpression { NodeType: ExpressionType.AndAlso or ExpressionType.And } both:
                return $"({Condition(both.Left)}) and ({Condition(both.Right)})";
            case BinaryExpression { NodeType: ExpressionType.OrElse or ExpressionType.Or } either:
                return $"({Condition(either.Left)}) or ({Condition(either.Right)})";
            case BinaryExpression comparison when Operator(comparison.NodeType) is { } op:
                return Comparison(comparison, op);
            case UnaryExpression { NodeType: ExpressionType.Not } not:
                return $"not ({Condition(not.Operand)})";
            case MethodCallExpression { Method: { Name: "Equals" } method } call when method.DeclaringType == typeof(string) && method.GetParameters().All(p => p.ParameterType == typeof(string)):
                return call.Object is null ? Pair(call.Arguments[0], call.Arguments[1], "eq") : Pair(call.Object, call.Arguments[0], "eq");
            default:
                return Column(expression) is { } flag && Unwrap(expression).Type is var type && (type == typeof(bool) || type == typeof(bool?)) ? flag + " eq true" : throw Unknown(expression);
        }
    }

    private static string Comparison(BinaryExpression comparison, string op)
    {
        // a.CompareTo(b) >= 0 and string.Compare(a, b) >= 0 are a ge b.
        if (comparison.Left is MethodCallExpression { Method: { Name: "CompareTo" or "Compare" } method } call && method.DeclaringType == typeof(string))
        {
            if (!method.GetParameters().All(p => p.ParameterType == typeof(string)) || Value(comparison.Right) is not 0) throw Unknown(comparison);
            return call.Object is null ? Pair(call.Arguments[0], call.Arguments[1], op) : Pair(call.Object, call.Arguments[0], op);
        }

        return Pair(comparison.Left, comparison.Right, op);
    }

    private static string Pair(Expression left, Expression right, string op)
    {
        if (Nullable.GetUnderlyingType(Unwrap(left).Type) is { IsEnum: true } || Unwrap(left).Type.IsEnum)
            throw new NotSupportedException("Enums are stored by name but compare as numbers in an expression; compare the name in a filter string.");
        if (Column(left) is { } column) return $"{column} {op} {Literal(Value(right))}";
        if (Column(right) is { } other) return $"{Literal(Value(left))} {op} {other}";
        throw new NotSupportedException("A comparison has a column on one side.");
    }

    /// <summary>The column's name, if the expression is one: a property, a typed getter or the indexer of a TableEntity.</summary>
    private static string Column(Expression expression) => Unwrap(expression) switch
    {
        MemberExpression { Expression: ParameterExpression, Member: var member } =>
            member.GetCustomAttribute<DataMemberAttribute>()?.Name ?? (member is { Name: "Name", DeclaringType: { Name: "TableItem" } } ? "TableName" : member.Name),
        MemberExpression { Member.Name: "Value", Expression: { } inner } when Nullable.GetUnderlyingType(inner.Type) is not null => Column(inner),
        MethodCallExpression { Object: ParameterExpression, Arguments: [var name], Method: { } method } when method.DeclaringType == typeof(TableEntity) && (method.Name == "get_Item" || method.Name.StartsWith("Get", StringComparison.Ordinal)) => (string)Value(name),
        _ => null,
    };

    private static object Value(Expression expression)
    {
        switch (Unwrap(expression))
        {
            case ConstantExpression constant:
                return constant.Value;
            case MemberExpression { Member: FieldInfo field } member:
                return field.GetValue(member.Expression is null ? null : Value(member.Expression));
            case MemberExpression { Member: PropertyInfo property } member when Column(member) is null:
                return property.GetValue(member.Expression is null ? null : Value(member.Expression));
            case var other:
                try
                {
                    return Expression.Lambda(other).Compile(preferInterpretation: true).DynamicInvoke();
                }
                catch (InvalidOperationException)
                {
                    throw Unknown(expression); // It has a column in it.
                }
        }
    }

    private static Expression Unwrap(Expression expression) =>
        expression is UnaryExpression { NodeType: ExpressionType.Convert or ExpressionType.ConvertChecked, Method: null } convert && Widens(convert) ? Unwrap(convert.Operand) : expression;

    /// <summary>Lifting to nullable, boxing, and int against long: the column's own type decides how the value is written.</summary>
    private static bool Widens(UnaryExpression convert) =>
        convert.Type == typeof(object) || convert.Operand.Type == typeof(object) || Nullable.GetUnderlyingType(convert.Type) == convert.Operand.Type
        || convert.Operand.Type.IsEnum || Nullable.GetUnderlyingType(convert.Operand.Type) is { IsEnum: true };

    private static string Operator(ExpressionType type) => type switch
    {
        ExpressionType.Equal => "eq",
        ExpressionType.NotEqual => "ne",
        ExpressionType.GreaterThan => "gt",
        ExpressionType.GreaterThanOrEqual => "ge",
        ExpressionType.LessThan => "lt",
        ExpressionType.LessThanOrEqual => "le",
        _ => null,
    };

    /// <summary>Not in every type as in a filter string: fractions have a point, and a time keeps its kind.</summary>
    private static string Literal(object value) => value switch
    {
        string or bool or sbyte or byte or short or int or long or Guid or byte[] or DateTimeOffset or null => FilterText.Literal(value),
        DateTime v => FilterText.Time(v),
        double v => XmlConvert.ToString(v) is var text && text.All(char.IsAsciiDigit) ? text + ".0" : text,
        _ => throw new NotSupportedException($"A {value.GetType().Name} cannot be compared with a column."),
    };

    private static NotSupportedException Unknown(Expression expression) => new($"The Table service cannot evaluate \"{expression}\".");
}
