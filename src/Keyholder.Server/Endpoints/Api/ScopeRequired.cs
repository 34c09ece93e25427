namespace Keyholder.Server.Endpoints.Api;

/// <summary>Refuses callers whose token lacks a scope. Runs after <see cref="ApiAuthentication"/>.</summary>
internal sealed class ScopeRequired(string scope) : IEndpointFilter
{
    /// <inheritdoc />
    public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next) =>
        ApiCaller.Of(context.HttpContext).May(scope) ? next(context) : new(new ApiErrorResult(ApiErrors.ScopeInsufficient));
}
