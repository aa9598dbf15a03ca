using System.Diagnostics;
using System.Reflection;

namespace Tessera.Nn;

/// <summary>
/// The C# line that called into the library. Only the first call from a line asks the debug information, which is dear and is
/// read for the whole stack at once: a model of many modules, nested deep, calls from few lines.
/// </summary>
internal sealed class AuthorLines
{
    // What a generator wrote is nobody's line; it is met where optimised code has left out the frame of a Forward that it calls.
    private const string Generated = ".g.cs";

    private readonly Dictionary<(MethodBase Method, int Offset), (string? File, int Line)> _known = [];
    private readonly Dictionary<Assembly, bool> _isCompiler = [];

    /// <summary>File and line of the innermost caller outside the library; a null file where no caller has any.</summary>
    public (string? File, int Line) Here()
    {
        StackFrame[] frames = new StackTrace(skipFrames: 1, fNeedFileInfo: false).GetFrames();
        StackFrame[]? told = null;
        for (int i = 0; i < frames.Length; i++)
        {
            if (frames[i].GetMethod() is not { } method || IsCompiler(method))
            {
                continue;
            }

            (MethodBase, int) key = (method, frames[i].GetILOffset());
            if (!_known.TryGetValue(key, out (string? File, int Line) place))
            {
                told ??= new StackTrace(skipFrames: 1, fNeedFileInfo: true).GetFrames();
                _known.Add(key, place = (told[i].GetFileName(), told[i].GetFileLineNumber()));
            }

            if (place.File?.EndsWith(Generated, StringComparison.Ordinal) == false)
            {
                return place;
            }
        }

        return default;
    }

    /// <summary>Whether a frame is of the compiler itself.</summary>
    public static bool IsCompiler(StackFrame frame) => frame.GetMethod()?.DeclaringType?.Assembly is { } assembly && IsCompiler(assembly);

    private bool IsCompiler(MethodBase method)
    {
        if (method.DeclaringType?.Assembly is not { } assembly)
        {
            return false;
        }

        if (!_isCompiler.TryGetValue(assembly, out bool isCompiler))
        {
            _isCompiler.Add(assembly, isCompiler = IsCompiler(assembly));
        }

        return isCompiler;
    }

    private static bool IsCompiler(Assembly assembly) => assembly.GetName().Name is "Tessera.Ir" or "Tessera.Nn" or "Tessera.Compiler" or "tessera";
}
