namespace System.Runtime.CompilerServices;

/// <summary>The compiler asks for this type when it meets a record or an <c>init</c> accessor; netstandard2.0 lacks it.</summary>
internal static class IsExternalInit;
