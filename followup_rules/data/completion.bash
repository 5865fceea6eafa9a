# What `_FOLLOWUP_COMPLETE=bash_source followup` prints; click puts in the names that stand in brackets.
%(complete_func)s() {
    local IFS=$'\n' line
    COMPREPLY=()
    for line in $(COMP_LINE="${COMP_LINE:0:COMP_POINT}" COMP_WORDBREAKS="$COMP_WORDBREAKS" \
                  %(complete_var)s=bash_complete "$1"); do
        case "$line" in
            dir,*) compopt -o dirnames ;;
            file,*) compopt -o default ;;
            *) COMPREPLY+=("${line#*,}") ;;
        esac
    done
}
complete -o nosort -F %(complete_func)s %(prog_name)s
