using System.Reflection;
using System.Text;
using Tessera.Testing;
using Xunit;

namespace Tessera.Compiler.Tests.Documentation;

/// <summary>The public surface of each assembly that users reference, one file each: what changes there changes for them.</summary>
public class PublicApiTests
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    public static TheoryData<string> Assemblies() => ["Tessera.Ir", "Tessera.Passes", "Tessera.Nn", "Tessera.Onnx", "Tessera.Compiler", "Tessera.Runtime", "Tessera.Kernels"];

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void The_public_surface_is_as_listed(string assembly) => Golden.Check($"api/{assembly}.txt", Print(Assembly.Load(assembly)));

    private static string Print(Assembly assembly)
    {
        StringBuilder text = new();
        foreach (Type type in assembly.GetExportedTypes().Where(static t => t.Namespace?.EndsWith(".Proto", StringComparison.Ordinal) != true).OrderBy(static t => t.FullName, StringComparer.Ordinal))
        {
            text.Append(Kind(type)).Append(' ').Append(Name(type)).Append(Parents(type)).Append('\n');
            foreach (string member in Members(type).Order(StringComparer.Ordinal))
            {
                text.Append("  ").Append(member).Append('\n');
            }
        }

        return text.ToString();
    }

    // What the compiler adds to records says nothing that the record's own members do not.
    private static IEnumerable<string> Members(Type type) => type.IsEnum ? Enum.GetNames(type)
        : typeof(Delegate).IsAssignableFrom(type) ? [Signature(type.GetMethod("Invoke")!)]
        : type.GetMembers(Declared).Where(static m => m is not (Type or EventInfo) && !IsGenerated(m)).Select(Signature);

    private static bool IsGenerated(MemberInfo member) => member is MethodBase { IsSpecialName: true, IsConstructor: false } method && !method.Name.StartsWith("op_", StringComparison.Ordinal)
        || member.Name.StartsWith('<') || member.Name is "Equals" or "GetHashCode" or "ToString" or "Deconstruct" or "op_Equality" or "op_Inequality";

    private static string Signature(MemberInfo member) => member switch
    {
        ConstructorInfo constructor => $"new({Parameters(constructor)})",
        MethodInfo method => $"{Static(method.IsStatic)}{Name(method.ReturnType)} {method.Name}{Generic(method)}({Parameters(method)})",
        PropertyInfo property => $"{Static(property.GetAccessors()[0].IsStatic)}{Name(property.PropertyType)} {property.Name} {{ {(property.CanRead ? "get; " : "")}{(property.SetMethod is { IsPublic: true } ? "set; " : "")}}}",
        FieldInfo field => $"{Static(field.IsStatic)}{Name(field.FieldType)} {field.Name}",
        _ => member.Name,
    };

    private static string Static(bool isStatic) => isStatic ? "static " : "";

    private static string Generic(MethodInfo method) => method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(static t => t.Name))}>" : "";

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(static p => $"{Name(p.ParameterType)} {p.Name}{(p.HasDefaultValue ? " = …" : "")}"));

    private static string Kind(Type type) => type.IsEnum ? "enum" : type.IsInterface ? "interface" : type.IsValueType ? "struct"
        : type.IsAbstract && type.IsSealed ? "static class" : type.IsAbstract ? "abstract class" : type.IsSealed ? "class" : "open class";

    private static string Parents(Type type) => type.BaseType is { } parent && parent != typeof(object) && parent != typeof(ValueType) && parent != typeof(Enum) ? $" : {Name(parent)}" : "";

    private static string Name(Type type)
    {
        if (type.IsByRef || type.IsArray || type.IsPointer)
        {
            return Name(type.GetElementType()!) + (type.IsArray ? "[]" : type.IsByRef ? "&" : "*");
        }

        string plain = type.IsNested && !type.IsGenericParameter ? $"{Name(type.DeclaringType!)}.{type.Name}" : type.Name;
        int tick = plain.LastIndexOf('`');
        return tick < 0 ? plain : $"{plain[..tick]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>";
    }
}
