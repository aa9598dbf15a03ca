using System.Globalization;
using System.Text.Json;

namespace Tessera.Gpu.Rows;

/// <summary>One result: named values in the order in which they were added.</summary>
internal sealed class Row(string program, string what)
{
    private readonly List<(string Name, object? Value)> _values = [("program", program), ("what", what)];

    /// <summary>Whether it says that something is wrong.</summary>
    public bool Failed { get; private set; }

    /// <summary>Adds a text, a number or a bool.</summary>
    public Row Add(string name, object? value)
    {
        _values.Add((name, value));
        return this;
    }

    /// <summary>Says that something is wrong, and what.</summary>
    public Row Fail(string why)
    {
        Failed = true;
        return Add("failed", why.ReplaceLineEndings(" "));
    }

    public object? this[string name] => _values.LastOrDefault(v => v.Name == name).Value;

    public void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        foreach ((string name, object? value) in _values)
        {
            writer.WritePropertyName(name);
            Write(writer, value);
        }

        writer.WriteEndObject();
    }

    public override string ToString() => string.Join("  ", _values.Skip(1).Select(static (v, i) => i == 0 ? $"{v.Value}" : $"{v.Name} {Text(v.Value)}"));

    private static void Write(Utf8JsonWriter writer, object? value)
    {
        switch (value)
        {
            case null:
                writer.WriteNullValue();
                break;
            case bool flag:
                writer.WriteBooleanValue(flag);
                break;
            case int or long:
                writer.WriteNumberValue(Convert.ToInt64(value, CultureInfo.InvariantCulture));
                break;
            case double number when double.IsFinite(number):
                writer.WriteNumberValue(number);
                break;
            default:
                // JSON has no NaN and no infinity.
                writer.WriteStringValue(Text(value));
                break;
        }
    }

    private static string Text(object? value) => value switch
    {
        double number => number.ToString("G4", CultureInfo.InvariantCulture),
        IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
        _ => value?.ToString() ?? "",
    };
}
