# Searching by name and by content.

# REPLY: the folder in which a search of $1 arguments looks; 1: it says what is wrong.
_tp_folder() {
    local usage=$1 count=$2 named=$3
    case $count in
        1) REPLY=./ ;;
        2)
            REPLY=$named
            if [[ ! -d $named ]]; then
                echo "Directory $named not found"
                return 1
            fi
            ;;
        *)
            echo "$usage"
            return 1
            ;;
    esac
    REPLY=$(realpath "$REPLY")
}

search_dir() {
    _tp_folder 'Usage: search_dir <search_term> [<dir>]' $# "$2" || return 0
    local folder=$REPLY counted files hits=0 count
    counted=$(find "$folder" -type f ! -path '*/.*' -exec grep -nIH -- "$1" {} + | cut -d: -f1 | sort | uniq -c)
    if [[ -z $counted ]]; then
        echo "No matches found for \"$1\" in $folder"
        return
    fi
    files=$(wc -l <<<"$counted")
    files=${files//[[:space:]]/}
    if [[ $files -gt 100 ]]; then
        echo "More than $files files matched for \"$1\" in $folder. Please narrow your search."
        return
    fi
    while read -r count _; do
        hits=$((hits + count))
    done <<<"$counted"
    echo "Found $hits matches for \"$1\" in $folder:"
    # A name is shown up to its first white space, as it was.
    awk '{ printf "%s (%s matches)\n", $2, $1 }' <<<"$counted"
    echo "End of matches for \"$1\" in $folder"
}

search_file() {
    local usage='Usage: search_file <search_term> [<file>]' file=$2 found hits number
    if [[ -z $1 ]]; then
        echo "$usage"
        return
    elif [[ -n $file && ! -f $file ]]; then
        printf '%s\n' "$usage" "Error: File name $file not found. Please provide a valid file name."
        return
    elif [[ -z $file ]]; then
        _tp_open_first || return 0
        file=$CURRENT_FILE
    fi
    file=$(realpath "$file")
    found=$(grep -nH -- "$1" "$file")
    if [[ -z $found ]]; then
        echo "No matches found for \"$1\" in $file"
        return
    fi
    hits=$(wc -l <<<"$found")
    echo "Found ${hits//[[:space:]]/} matches for \"$1\" in $file:"
    cut -d: -f1-2 <<<"$found" | sort -u -t: -k2,2n | while IFS=: read -r _ number; do
        echo "Line $number:$(sed -n "${number}p" "$file")"
    done
    echo "End of matches for \"$1\" in $file"
}

find_file() {
    _tp_folder 'Usage: find_file <file_name> [<dir>]' $# "$2" || return 0
    local folder=$REPLY found count
    found=$(find "$folder" -type f -name "$1")
    if [[ -z $found ]]; then
        echo "No matches found for \"$1\" in $folder"
        return
    fi
    count=$(wc -l <<<"$found")
    printf '%s\n' "Found ${count//[[:space:]]/} matches for \"$1\" in $folder:" "$found"
}
