namespace Tessera.Nn;

/// <summary>
/// Written by the generator for each entry module of an assembly, so that tools list modules and presets without running
/// the user's code. <c>FromPreset(string?)</c>, a generated static method of <see cref="Module"/>, makes an instance.
/// </summary>
[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
public sealed class ModuleEntryAttribute(Type module) : Attribute
{
    /// <summary>The entry module: a class whose <c>Forward</c> declares its inputs.</summary>
    public Type Module { get; } = module;

    /// <summary>The names of its presets, in declaration order.</summary>
    public string[] Presets { get; set; } = [];

    /// <summary>Whether it can be constructed without arguments.</summary>
    public bool HasDefault { get; set; }
}
